"""Editions: drafts, what differs, publication; what was published never changes."""

from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import queries
from tests.catalog.conftest import EDITIONS, Desk, a_class, a_condition
from tests.clients import Client, problem
from tests.factories import a_report


async def test_a_draft_holds_what_the_published_edition_holds(desk: Desk) -> None:
    published = await desk.published()
    draft = await desk.draft()
    shown = (await desk.client.get(f"{EDITIONS}/{draft}")).json()
    assert (shown["status"], shown["based_on"]) == ("draft", published["number"])
    assert shown["label"] == published["label"]
    assert await desk.export(draft) == await desk.export(published["number"])
    nothing = {"added": [], "removed": [], "changed": []}
    assert await desk.diff(draft) == {
        "number": draft,
        "against": published["number"],
        "edition": {},
        **dict.fromkeys(("classes", "conditions", "questions", "phrases"), nothing),
        "limits": {"shortened": 0, "lengthened": 0, "clock_changed": 0},
    }


async def test_a_draft_may_be_named_anew(desk: Desk) -> None:
    meta = {"name": "本市标准", "region": "某市", "source": "本市文件", "label": "本市标准"}
    draft = await desk.draft(edition=meta)
    shown = (await desk.client.get(f"{EDITIONS}/{draft}")).json()
    assert {name: shown[name] for name in meta} == meta
    changed = (await desk.diff(draft))["edition"]
    assert changed["label"]["after"] == "本市标准"


async def edited(desk: Desk) -> int:
    """A draft with one of every kind of change."""
    draft = await desk.draft()
    rows = {
        "classes": [("E0650", a_class(extension=True))],
        "conditions": [
            ("E0112-50", a_condition()),
            ("E0112-50-A", a_condition(region_class="A", limit_amount=0.5)),
        ],
        "questions": [
            (
                "E0112-width",
                {
                    "category_code": "E0112",
                    "key": "width",
                    "position": 1,
                    "text": "宽多少米？",
                    "kind": "number",
                },
            )
        ],
        "phrases": [("urge-9", {"step": "urge", "number": 9, "text": "请今天办结。"})],
    }
    for part, listed in rows.items():
        for code, row in listed:
            answer = await desk.put(draft, part, code, row)
            assert answer.status_code == 200, answer.text
    content = orjson.loads(await desk.export(draft))
    by_code = {f"{c['category_code']}-{c['number']}": c for c in content["conditions"]}
    for code, changes in {
        "C0101-1": {"limit_amount": 1},
        "C0101-2": {"limit_unit": "work_day"},
        "C0102-1": {"limit_unit": "work_hour", "limit_amount": 2},
    }.items():
        answer = await desk.put(draft, "conditions", code, {**by_code[code], **changes})
        assert answer.status_code == 200, answer.text
    assert (await desk.remove(draft, "classes", "C0199")).status_code == 204
    assert (await desk.remove(draft, "phrases", "void-1")).status_code == 204
    return draft


async def test_the_difference_is_told_field_by_field(desk: Desk) -> None:
    before = orjson.loads(await desk.export((await desk.published())["number"]))
    gone = [
        f"C0199-{one['number']}" for one in before["conditions"] if one["category_code"] == "C0199"
    ]
    found = await desk.diff(await edited(desk))
    assert found["classes"] == {"added": ["E0650"], "removed": ["C0199"], "changed": []}
    assert found["conditions"]["added"] == ["E0112-50", "E0112-50-A"]
    assert found["conditions"]["removed"] == gone
    assert {one["code"]: one["fields"] for one in found["conditions"]["changed"]} == {
        "C0101-1": {"limit_amount": {"before": 2, "after": 1}},
        "C0101-2": {"limit_unit": {"before": "work_hour", "after": "work_day"}},
        "C0102-1": {"limit_unit": {"before": "urgent_hour", "after": "work_hour"}},
    }
    assert found["questions"]["added"] == ["E0112-width"]
    assert (found["phrases"]["added"], found["phrases"]["removed"]) == (["urge-9"], ["void-1"])
    assert found["limits"] == {"shortened": 1, "lengthened": 1, "clock_changed": 1}


async def test_publishing_leaves_the_edition_before_to_the_letter(desk: Desk) -> None:
    first = await desk.published()
    before = {kind: await desk.export(first["number"], kind) for kind in ("json",)}
    draft = await edited(desk)
    exported = await desk.export(draft)
    answer = await desk.publish(draft)
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "published"
    assert (await desk.published())["number"] == draft
    assert await desk.export(draft) == exported
    assert await desk.export(first["number"]) == before["json"]
    retired = (await desk.client.get(f"{EDITIONS}/{first['number']}")).json()
    assert (retired["status"], retired["counts"]["conditions"]) == ("retired", 519)
    back = await desk.diff(first["number"], draft)
    assert (back["classes"]["added"], back["classes"]["removed"]) == (["C0199"], ["E0650"])


async def test_a_condition_keeps_its_words_when_editions_change(
    desk: Desk, session: AsyncSession
) -> None:
    (filed_under, *_) = await queries.conditions_of(session, "C0101")
    known = (filed_under.id, filed_under.edition, filed_under.limit_amount)
    await desk.publish(await edited(desk))
    session.expunge_all()
    (now, *_) = await queries.conditions_of(session, "C0101")
    assert (now.code, now.limit_amount) == (filed_under.code, 1)
    assert now.id != known[0]
    then = await queries.get_condition(session, known[0])
    assert (then.id, then.edition, then.limit_amount) == known


async def test_classes_come_and_go_for_reports_with_the_edition(desk: Desk, reader: Client) -> None:
    new, dropped = a_report(category="E0650"), a_report(category="C0199")
    assert (await reader.post("/api/v1/incidents", dropped)).status_code == 201
    problem(await reader.post("/api/v1/incidents", new), 422, "unknown-category")
    await desk.publish(await edited(desk))
    answer = await reader.post("/api/v1/incidents", new)
    assert answer.json()["category"] == {"code": "E0650", "name": "飞线充电", "kind": "event"}
    problem(await reader.post("/api/v1/incidents", dropped), 422, "unknown-category")
    shown = (await reader.get("/api/v1/categories/C0199")).json()
    assert (shown["active"], shown["conditions"]) == (False, [])
    off = (await reader.get("/api/v1/categories?active=false")).json()["items"]
    assert [one["code"] for one in off] == ["C0199"]


async def test_a_class_that_the_city_switched_off_stays_off(desk: Desk, reader: Client) -> None:
    off = {"active": False, "auto_dispatch": True}
    path = "/api/v1/categories/E0112"
    assert (await desk.client.put(f"{path}/settings", off)).json() == off
    for _ in range(2):
        problem(await reader.post("/api/v1/incidents", a_report()), 422, "unknown-category")
        shown = (await reader.get(path)).json()
        assert {name: shown[name] for name in off} == off
        await desk.publish(await desk.draft())
    on = {"active": True, "auto_dispatch": False}
    assert (await desk.client.put(f"{path}/settings", on)).json() == on
    assert (await reader.post("/api/v1/incidents", a_report())).status_code == 201


async def test_a_dropped_class_cannot_be_switched_on(desk: Desk, reader: Client) -> None:
    await desk.publish(await edited(desk))
    on = {"active": True, "auto_dispatch": False}
    path = "/api/v1/categories/C0199"
    assert (await desk.client.put(f"{path}/settings", on)).status_code == 200
    assert (await reader.get(path)).json()["active"] is False


async def test_a_regions_own_condition_replaces_the_general_one(desk: Desk, reader: Client) -> None:
    await desk.publish(await edited(desk))
    path = "/api/v1/categories/E0112/conditions"
    for asked, code, limit in (
        ("", "E0112-50", "4工作时"),
        ("?region_class=A", "E0112-50-A", "0.5工作时"),
        ("?region_class=B", "E0112-50", "4工作时"),
    ):
        items = (await reader.get(path + asked)).json()["items"]
        assert (items[-1]["code"], items[-1]["limit_label"]) == (code, limit)
        assert len(items) == len({one["number"] for one in items})
    whole = (await reader.get("/api/v1/categories/E0112")).json()["conditions"]
    assert [one["code"] for one in whole][-2:] == ["E0112-50", "E0112-50-A"]


async def test_a_published_edition_is_not_edited(desk: Desk) -> None:
    number = (await desk.published())["number"]
    for answer in (
        await desk.put(number, "conditions", "E0112-50", a_condition()),
        await desk.remove(number, "conditions", "E0112-1"),
        await desk.remove(number, "classes", "E0112"),
        await desk.publish(number),
        await desk.client.delete(f"{EDITIONS}/{number}"),
    ):
        assert problem(answer, 409, "edition-not-a-draft")["edition"] == number


GUARDED = {
    "a class renamed": "UPDATE edition_class SET name = 'x' WHERE code = 'E0112'",
    "a class gone": "DELETE FROM edition_class WHERE code = 'E0112'",
    "a limit changed": "UPDATE condition SET limit_amount = 9 WHERE code = 'E0112-1'",
    "a condition gone": "DELETE FROM condition WHERE code = 'E0112-1'",
    "a condition more": (
        "INSERT INTO condition SELECT (jsonb_populate_record(c, jsonb_build_object("
        "'id', gen_random_uuid(), 'code', 'x'))).* FROM condition c WHERE code = 'E0112-1'"
    ),
    "a question changed": "UPDATE question SET required = NOT required",
    "a phrase gone": "DELETE FROM phrase",
    "the edition's label": "UPDATE edition SET label = 'x'",
    "the edition taken back": "UPDATE edition SET status = 'draft'",
    "the edition gone": "DELETE FROM edition",
}


@pytest.mark.parametrize("statement", GUARDED.values(), ids=GUARDED.keys())
async def test_the_database_refuses_to_change_what_was_published(
    session: AsyncSession, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="is not a draft: it never changes"):
        await session.execute(text(statement))


async def test_a_row_of_a_draft_is_not_moved_into_another_edition(
    desk: Desk, session: AsyncSession
) -> None:
    published = (await desk.published())["number"]
    draft = await desk.draft()
    moved = text("UPDATE phrase SET edition = :to WHERE edition = :of")
    with pytest.raises(DBAPIError, match="is not a draft: it never changes"):
        await session.execute(moved, {"to": draft, "of": published})


async def test_a_class_goes_with_all_that_hangs_on_it(desk: Desk) -> None:
    draft = await desk.draft()
    assert (await desk.remove(draft, "classes", "C0101")).status_code == 204
    content = orjson.loads(await desk.export(draft))
    for part in ("conditions", "questions", "phrases"):
        assert not [one for one in content[part] if one.get("category_code") == "C0101"]
    assert problem(await desk.remove(draft, "classes", "C0101"), 404, "not-found")


async def test_a_draft_can_be_thrown_away(desk: Desk) -> None:
    draft = await edited(desk)
    assert (await desk.client.delete(f"{EDITIONS}/{draft}")).status_code == 204
    problem(await desk.client.get(f"{EDITIONS}/{draft}"), 404, "not-found")


async def test_of_two_drafts_the_second_is_out_of_date(desk: Desk) -> None:
    first, second = await desk.draft(), await desk.draft()
    assert (await desk.publish(first)).status_code == 200
    problem(await desk.publish(second), 409, "edition-outdated")
    problem(await desk.publish(first), 409, "edition-not-a-draft")
    again = (await desk.bring(await desk.export(second))).json()["number"]
    assert (await desk.publish(again)).status_code == 200


async def test_an_edition_without_classes_is_not_published(desk: Desk) -> None:
    content = orjson.loads(await desk.export((await desk.published())["number"]))
    empty = {part: [] for part in ("classes", "conditions", "questions", "phrases")}
    answer = await desk.bring(orjson.dumps({**content, **empty}))
    problem(await desk.publish(answer.json()["number"]), 409, "edition-empty")


WRONG: dict[str, tuple[str, str, dict[str, Any], str, str]] = {
    "another code": ("classes", "E0651", a_class(extension=True), "code-mismatch", "/code"),
    "another number": (
        "conditions",
        "E0112-49",
        a_condition(),
        "code-mismatch",
        "/category_code",
    ),
    "unmarked extension": (
        "classes",
        "E0678",
        a_class("E0678"),
        "invalid-request",
        "/extension",
    ),
    "big class named otherwise": (
        "classes",
        "E0650",
        a_class(big_name="别的"),
        "big-name-differs",
        "/big_name",
    ),
    "unknown class": (
        "conditions",
        "E0650-1",
        a_condition("E0650", 1),
        "unknown-class",
        "/category_code",
    ),
    "no limit": (
        "conditions",
        "E0112-50",
        a_condition(limit_amount=0),
        "invalid-request",
        "/limit_amount",
    ),
    "unit": (
        "conditions",
        "E0112-50",
        a_condition(limit_unit="week"),
        "invalid-request",
        "/limit_unit",
    ),
    "step": (
        "phrases",
        "sing-1",
        {"step": "sing", "number": 1, "text": "啦"},
        "invalid-request",
        "/step",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_row_names_the_field_and_the_remedy(
    desk: Desk, case: tuple[str, str, dict[str, Any], str, str]
) -> None:
    part, code, row, slug, pointer = case
    draft = await desk.draft()
    for language in ("zh", "en"):
        answer = await desk.client.put(
            f"{EDITIONS}/{draft}/{part}/{code}", row, headers={"Accept-Language": language}
        )
        (found,) = problem(answer, 422, slug)["errors"]
        assert found["pointer"] == pointer
        assert len(found["detail"]) > 3


async def test_only_editors_change_the_catalogue(desk: Desk, reader: Client) -> None:
    draft = await desk.draft()
    for answer in (
        await reader.post(EDITIONS, {}),
        await reader.put(f"{EDITIONS}/{draft}/conditions/E0112-50", a_condition()),
        await reader.delete(f"{EDITIONS}/{draft}/conditions/E0112-1"),
        await reader.post(f"{EDITIONS}/{draft}/publish"),
        await reader.put(
            "/api/v1/categories/E0112/settings", {"active": False, "auto_dispatch": False}
        ),
    ):
        problem(answer, 403, "forbidden")
    assert (await reader.get(f"{EDITIONS}/{draft}/diff")).status_code == 200


async def test_what_is_not_there_is_not_found(desk: Desk, session: AsyncSession) -> None:
    for path in (
        f"{EDITIONS}/999999",
        f"{EDITIONS}/999999/export",
        f"{EDITIONS}/999999/diff",
        "/api/v1/categories/E9999",
        "/api/v1/categories/E9999/conditions",
    ):
        problem(await desk.client.get(path), 404, "not-found")
    for path in (
        f"{EDITIONS}/0",
        f"{EDITIONS}/{2**31}",
        f"{EDITIONS}/1/export?format=pdf",
        "/api/v1/categories/E01",
        "/api/v1/categories/E0112%00",
        "/api/v1/categories/E0112/conditions?region_class=%00",
    ):
        problem(await desk.client.get(path), 422, "invalid-request")
    with pytest.raises(queries.NotFound):
        await queries.get_condition(session, UUID(int=1))
