"""The edition that ships: what is in it, and how it says where it comes from."""

from collections import Counter

import orjson
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from app import setup
from app.catalog import queries, service
from app.catalog.content import beyond_standard
from tests.catalog.conftest import EDITIONS, Desk
from tests.clients import Client


async def test_the_edition_that_ships_says_whose_it_is(reader: Client, desk: Desk) -> None:
    published = await desk.published()
    assert published["label"] == "运城市地方标准表，非国家标准值"
    assert (await reader.get("/api/v1/categories")).json()["edition"]["label"] == published["label"]
    listed = await reader.get("/api/v1/categories/C0101/conditions")
    assert listed.json()["edition"]["label"] == published["label"]
    detail = (await reader.get(f"{EDITIONS}/{published['number']}")).json()
    assert detail["counts"] == {
        "classes": 197,
        "conditions": 519,
        "questions": 54,
        "phrases": 37,
    }


async def test_limits_are_distributed_as_in_the_published_table(desk: Desk) -> None:
    content = orjson.loads(await desk.export((await desk.published())["number"]))
    conditions = content["conditions"]
    limits = Counter((one["limit_amount"], one["limit_unit"]) for one in conditions)
    assert limits == {
        (1, "work_day"): 143,
        (5, "work_day"): 86,
        (3, "work_day"): 84,
        (2, "work_day"): 82,
        (4, "work_hour"): 39,
        (2, "urgent_hour"): 32,
        (2, "work_hour"): 22,
        (7, "work_day"): 9,
        (1, "urgent_hour"): 6,
        (15, "work_day"): 5,
        (4, "urgent_hour"): 4,
        (2, "urgent_day"): 3,
        (10, "work_day"): 2,
        (4, "work_day"): 1,
        (1, "urgent_day"): 1,
    }
    kinds = Counter(one["category_code"][0] for one in conditions)
    assert kinds == {"C": 375, "E": 144}
    assert sum(len(one["thresholds"]) for one in conditions) == 60


async def test_a_citys_own_classes_are_marked(desk: Desk) -> None:
    content = orjson.loads(await desk.export((await desk.published())["number"]))
    for one in content["classes"]:
        assert one["extension"] == beyond_standard(one["code"]), one["code"]


async def test_a_manhole_cover_has_its_conditions_questions_and_phrases(reader: Client) -> None:
    cover = (await reader.get("/api/v1/categories/C0101")).json()
    assert cover["edition"]["label"] == "运城市地方标准表，非国家标准值"
    assert (cover["name"], cover["big"], cover["kind"]) == ("上水井盖", "C01", "component")
    first, second = cover["conditions"][:2]
    assert (first["code"], first["limit_label"], first["clock"]) == (
        "C0101-1",
        "2紧急工作时",
        "continuous",
    )
    assert (second["limit_label"], second["clock"]) == ("4工作时", "working_hours")
    assert second["thresholds"] == [
        {"quantity": "breakage_area", "op": ">", "value": 25, "unit": "cm2"}
    ]
    assert second["closing_text"] == "更换、修复"
    assert [question["key"] for question in cover["questions"]] == ["injured", "fenced"]
    assert cover["phrases"][0]["category_code"] == "C0101"
    assert {phrase["category_code"] for phrase in cover["phrases"]} == {"C0101", None}


async def test_loading_again_changes_nothing(desk: Desk, session: AsyncSession) -> None:
    before = await desk.published()
    exported = await desk.export(before["number"])
    assert await service.load_default(session) == 197
    assert await setup.load_defaults() == 197
    listed = (await desk.client.get(EDITIONS)).json()["items"]
    assert listed == [before]
    assert await desk.export(before["number"]) == exported


async def test_what_a_case_asks_is_answered_with_one_statement_each(session: AsyncSession) -> None:
    seen: list[str] = []
    connection = (await session.connection()).sync_connection
    event.listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))
    conditions = await queries.conditions_of(session, "E0112")
    assert [one.number for one in conditions] == list(range(1, len(conditions) + 1))
    assert await queries.get_condition(session, conditions[0].id) is conditions[0]
    assert await queries.questions_of(session, "C0111")
    assert (await queries.setting_of(session, "E0112")).auto_dispatch is False
    assert len(seen) == 3
