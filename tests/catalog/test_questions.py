"""Answers to a class's questions: what fits, what does not, and what stops a report."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import queries, questions
from app.catalog.errors import CallEmergencyInstead, WrongAnswers
from app.catalog.models import Question

OPTIONS: list[dict[str, Any]] = [
    {"label": "没有", "phone": None, "message": None},
    {"label": "有一人", "phone": None, "message": None},
    {"label": "起火", "phone": "119", "message": "请先撤离"},
]


def a_question(key: str, kind: str, *, required: bool = False) -> Question:
    options = OPTIONS if kind in ("single", "multiple") else []
    return Question(
        key=key, kind=kind, required=required, options=options, text=f"{key}？", text_en=f"{key}?"
    )


ASKED = [
    a_question("danger", "single", required=True),
    a_question("affected", "multiple"),
    a_question("depth", "number"),
    a_question("plate", "text"),
    a_question("since", "date"),
]


def test_answers_are_kept_in_the_order_of_the_questions() -> None:
    given_ = {
        "since": "2026-09-01",
        "plate": " 晋M12345 ",
        "depth": 0.5,
        "affected": ["有一人", "没有", "有一人"],
        "danger": "没有",
    }
    kept = questions.check(ASKED, given_)
    assert list(kept.items()) == [
        ("danger", "没有"),
        ("affected", ["没有", "有一人"]),
        ("depth", 0.5),
        ("plate", "晋M12345"),
        ("since", "2026-09-01"),
    ]
    assert questions.check(ASKED, kept) == kept


def test_what_need_not_be_answered_may_be_left_out() -> None:
    empty = {"affected": [], "plate": "", "since": None}
    assert questions.check(ASKED, {"danger": "没有", **empty}) == {"danger": "没有"}
    assert questions.check([], {}) == {}


WRONG: dict[str, dict[str, Any]] = {
    "danger": {"danger": "也许"},
    "affected": {"affected": ["没有", "别的"]},
    "depth": {"depth": "深"},
    "plate": {"plate": "x" * 2001},
    "since": {"since": "2026-02-30"},
    "colour": {"colour": "red"},
}
MORE_WRONG = [
    ("danger", None),
    ("danger", {}),
    ("danger", ["没有"]),
    ("affected", "没有"),
    ("affected", [["没有"]]),
    ("affected", {"没有": 1}),
    ("depth", True),
    ("depth", float("nan")),
    ("depth", float("inf")),
    ("depth", [1]),
    ("depth", 10**400),
    ("plate", 7),
    ("plate", "a\x00b"),
    ("plate", "\ud800"),
    ("since", 20260901),
    ("since", "明天"),
]


@pytest.mark.parametrize(
    ("key", "answer"), [*((key, one[key]) for key, one in WRONG.items()), *MORE_WRONG]
)
def test_a_wrong_answer_is_pointed_at(key: str, answer: Any) -> None:
    with pytest.raises(WrongAnswers) as caught:
        questions.check(ASKED, {"danger": "没有", key: answer})
    for language in ("zh", "en"):
        problem = caught.value.problem(language)
        (found,) = problem["errors"]
        assert (problem["status"], found["pointer"]) == (422, f"/answers/{key}")
        assert found["detail"]


def test_all_wrong_answers_are_told_at_once() -> None:
    every = {key: value for one in WRONG.values() for key, value in one.items()}
    with pytest.raises(WrongAnswers) as caught:
        questions.check(ASKED, every)
    pointers = {one["pointer"] for one in caught.value.problem()["errors"]}
    assert pointers == {f"/answers/{key}" for key in WRONG}


@pytest.mark.parametrize("answers", [{"danger": "起火"}, {"affected": ["没有", "起火"], "x": 1}])
def test_an_emergency_is_told_before_anything_else(answers: dict[str, Any]) -> None:
    with pytest.raises(CallEmergencyInstead) as caught:
        questions.check(ASKED, answers)
    problem = caught.value.problem()
    assert (problem["status"], problem["phone"], problem["message"]) == (422, "119", "请先撤离")
    assert problem["errors"][0]["pointer"] == f"/answers/{next(iter(answers))}"
    assert "119" in problem["detail"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(answers=st.dictionaries(st.sampled_from([one.key for one in ASKED]) | st.text(), ANYTHING))
def test_any_answers_are_kept_or_refused_by_name(answers: dict[str, Any]) -> None:
    try:
        kept = questions.check(ASKED, answers)
    except (WrongAnswers, CallEmergencyInstead):
        return
    assert set(kept) <= {one.key for one in ASKED}


@pytest.mark.parametrize(
    ("category", "key", "answer", "phone"),
    [
        ("C0111", "leak", "有气味或漏气声", "119"),
        ("E0502", "leak", "已起火或爆炸", "119"),
        ("C0101", "injured", "有人受伤", "120"),
        ("E0508", "live", "带电或冒火花", "95598"),
    ],
)
async def test_the_default_edition_stops_emergencies(
    session: AsyncSession, category: str, key: str, answer: str, phone: str
) -> None:
    asked = await queries.questions_of(session, category)
    with pytest.raises(CallEmergencyInstead) as caught:
        questions.check(asked, {key: answer})
    assert caught.value.members["phone"] == phone
    calm = {one.key: "没有" for one in asked if one.key in ("injured", "leak", "fenced")}
    calm |= {"live": "通信线，不带电"} if category == "E0508" else {}
    assert questions.check(asked, calm) == calm
