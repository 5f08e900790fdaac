"""Finding classes by what people type."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import spoken
from app.catalog.schemas import CategoryList
from app.catalog.search import cuts
from tests.catalog.conftest import Desk, a_class, a_condition
from tests.clients import Client, problem

PATH = "/api/v1/categories"


async def codes(client: Client, q: str = "", **more: str) -> list[str]:
    asked = {"q": q, **more} if q else more
    answer = await client.get(PATH, params=asked)
    assert answer.status_code == 200, answer.text
    return [one["code"] for one in answer.json()["items"]]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("E0112", "E0112"),
        ("e0112", "E0112"),
        ("道路不洁", "E0112"),
        ("dlbj", "E0112"),
        ("DLBJ", "E0112"),
        ("daolubujie", "E0112"),
        ("daolubu", "E0112"),
        ("xds", "C0402"),
        ("xingdaoshu", "C0402"),
        ("燃气调压", "C0149"),
        ("rqtyz", "C0149"),
        ("tiaoya", "C0149"),
        ("jtzy", "C0407"),
        ("ltsk", "E0129"),
        ("street lamp", "C0137"),
        ("飘着塑料袋", ""),
    ],
)
async def test_the_best_match_comes_first(reader: Client, typed: str, first: str) -> None:
    found = await codes(reader, typed)
    assert (found[:1] == [first]) if first else (found == [])


@pytest.mark.parametrize("typed", ["井盖破损", "井盖 破损", "jgps", "jg ps", "jinggaiposun"])
async def test_a_class_and_its_condition_are_typed_in_one(reader: Client, typed: str) -> None:
    items = (await reader.get(PATH, params={"q": typed})).json()["items"]
    assert items, typed
    assert all("井盖" in one["name"] for one in items[:9])
    assert all("破损" in one["condition"]["text"] for one in items[:9])
    assert {"C0101", "C0102", "C0103"} <= {one["code"] for one in items}
    shown = (await reader.get(f"{PATH}/{items[0]['code']}/conditions")).json()["items"]
    assert items[0]["condition"]["id"] in {one["id"] for one in shown}


async def test_a_condition_alone_finds_its_class_after_all_names(reader: Client) -> None:
    items = (await reader.get(PATH, params={"q": "积水"})).json()["items"]
    named = [one["condition"] is None for one in items]
    assert items[0]["code"] == "E0506"
    assert named == sorted(named, reverse=True)
    assert all("积水" in one["condition"]["text"] for one in items if one["condition"])
    assert False in named


async def test_the_databases_json_is_what_the_api_promises(reader: Client) -> None:
    for asked in ({}, {"q": "jgps"}):
        body = (await reader.get(PATH, params=asked)).json()
        assert CategoryList.model_validate(body).model_dump(mode="json") == body


async def test_everything_is_listed_in_code_order(reader: Client) -> None:
    every = await codes(reader)
    assert len(every) == 197
    assert every == sorted(every)


async def test_filters_narrow_what_is_found(reader: Client) -> None:
    assert {code[0] for code in await codes(reader, kind="event")} == {"E"}
    assert {code[:3] for code in await codes(reader, big="C01")} == {"C01"}
    assert await codes(reader, "井盖", kind="event") == []
    assert await codes(reader, "C01", big="C01") == await codes(reader, big="C01")
    for wrong in ({"kind": "x"}, {"big": "C1"}, {"q": " "}, {"colour": "red"}):
        problem(await reader.get(PATH, params=wrong), 422, "invalid-request")


@pytest.mark.parametrize("typed", ["_", "\\", "'", "井%盖", "x" * 200, "𠀀", "[", "C0101%"])
async def test_signs_stand_for_themselves(reader: Client, typed: str) -> None:
    assert await codes(reader, typed) == []


async def test_the_list_is_one_statement(reader: Client, statements: list[str]) -> None:
    await codes(reader, "jgps")
    assert len([one for one in statements if "category" in one]) == 1


async def test_a_draft_is_not_found_until_it_is_published(desk: Desk, reader: Client) -> None:
    draft = await desk.draft()
    await desk.put(draft, "classes", "E0650", a_class(extension=True))
    await desk.put(draft, "conditions", "E0650-1", a_condition("E0650", 1, text="飞线入户"))
    for typed in ("fxcd", "飞线入户", "fxrh"):
        assert "E0650" not in await codes(reader, typed)
    await desk.publish(draft)
    for typed in ("fxcd", "飞线入户", "fxrh"):
        assert (await codes(reader, typed))[0] == "E0650"


@pytest.mark.parametrize(
    ("text", "initials", "pinyin"),
    [
        ("人行道", "rxd", "renxingdao"),
        ("银行", "yh", "yinhang"),
        ("燃气调压站（箱）", "rqtyzx", "ranqitiaoyazhanxiang"),
        ("高差≥30 mm", "gc30mm", "gaocha30mm"),
        ("长椅", "cy", "changyi"),
        ("LED 屏", "ledp", "ledping"),
        ("", "", ""),
    ],
)
def test_pinyin_reads_words_not_single_characters(text: str, initials: str, pinyin: str) -> None:
    assert (spoken.initials(text), spoken.syllables(text)) == (initials, pinyin)


def test_text_is_cut_where_both_sides_still_say_something() -> None:
    assert cuts("jgps") == [("", "jgps"), ("jg", "ps")]
    assert cuts("井盖破") == [("", "井盖破"), ("井", "盖破"), ("井盖", "破")]
    assert cuts("a b c") == [("", "a b c"), ("a", "b c"), ("a b", "c")]
    assert cuts("j") == [("", "j")]
    assert cuts("") == []


async def test_phrases_are_listed_by_step_and_class(
    reader: Client, desk: Desk, session: AsyncSession
) -> None:
    every = (await reader.get("/api/v1/phrases")).json()["items"]
    assert len(every) == 37
    rejected = (await reader.get("/api/v1/phrases?step=reject")).json()["items"]
    assert {one["step"] for one in rejected} == {"reject"}
    mine = (await reader.get("/api/v1/phrases?step=report&category=E0112")).json()["items"]
    assert [one["category_code"] for one in mine] == ["E0112", None, None, None, None]
    problem(await reader.get("/api/v1/phrases?step=sing"), 422, "invalid-request")
