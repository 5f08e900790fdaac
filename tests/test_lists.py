"""Lists: every case that somebody may see, once, in order, whatever the filter and the page."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents.models import Incident
from tests.clients import Client, problem
from tests.factories import a_cell, a_report, a_unit, an_account, an_area, middle

PATH = "/api/v1/incidents"
COUNT = 24


@pytest.fixture
async def city(client: Client, session: AsyncSession) -> Client:
    """Two communities with four cells each, 24 cases of changing class, time and state."""
    for community in ("610526001001", "610526001002"):
        await an_area(session, community)
    for column in range(8):
        await a_cell(session, f"61052600100{column // 4 + 1}00{column % 4 + 1}", column)
    unit = await a_unit(session)
    boss = client.as_(await an_account(session, "acceptor", "administrator", username="boss"))
    items = [
        a_report(
            **middle(n % 8, 0),
            category=("E0112", "C0201", "E0405")[n % 3],
            description=f"第{n}号 {'占道经营' if n % 2 else '井盖破损'}",
            source=("steward", "hotline")[n % 2],
        )
        for n in range(COUNT)
    ]
    answer = await boss.post(f"{PATH}/batch", {"items": items})
    made = [result["incident"]["id"] for result in answer.json()["results"]]
    rows = {str(row.id): row for row in (await session.scalars(select(Incident))).all()}
    for n, key in enumerate(made):
        row = rows[key]
        row.reported_at -= timedelta(hours=(n * 7) % COUNT // 2)
        row.status = ("reported", "filed", "closed")[n % 3]
        row.ended_at = row.reported_at if row.status == "closed" else None
        row.unit_id = unit.id if n % 5 == 0 else None
    await session.flush()
    return boss


async def every(client: Client, query: str = "") -> list[dict[str, Any]]:
    """All pages of a list, put together."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        answer = await client.get(f"{PATH}?{query}{after}")
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        after = f"&after={answer.json()['next']}"


@pytest.mark.parametrize("limit", [1, 5, 23, 24, 25])
@pytest.mark.parametrize("sort", ["-reported_at", "reported_at"])
async def test_pages_put_together_are_the_whole_list(city: Client, limit: int, sort: str) -> None:
    found = await every(city, f"limit={limit}&sort={sort}")
    keys = [(item["reported_at"], item["id"]) for item in found]
    assert len(set(keys)) == COUNT
    assert keys == sorted(keys, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    ("query", "keep"),
    [
        ("status=closed", lambda i: i["status"] == "closed"),
        ("status=closed&status=filed", lambda i: i["status"] in {"closed", "filed"}),
        ("status=filed", lambda i: i["status"] == "filed"),
        ("area=610526001002", lambda i: i["cell"]["code"].startswith("610526001002")),
        ("area=610526001002003", lambda i: i["cell"]["code"] == "610526001002003"),
        ("area=61052600100100", lambda i: i["cell"]["code"].startswith("610526001001")),
        ("area=6", lambda i: True),
        ("category=E", lambda i: i["category"]["code"].startswith("E")),
        ("category=E04", lambda i: i["category"]["code"] == "E0405"),
        ("source=hotline", lambda i: i["source"] == "hotline"),
        ("text=占道经营", lambda i: "占道经营" in i["description"]),
        ("text=3号", lambda i: "3号" in i["description"]),
        ("text=%25", lambda i: False),
        ("bbox=109,34,109.002,34.001", lambda i: i["lon"] < 109.002),
        ("no_cell=false", lambda i: True),
        ("no_cell=true", lambda i: False),
        (
            "area=610526001001&status=filed&category=E",
            lambda i: (
                i["cell"]["code"].startswith("610526001001")
                and i["status"] == "filed"
                and i["category"]["code"].startswith("E")
            ),
        ),
    ],
)
async def test_a_filter_keeps_exactly_what_it_says(city: Client, query: str, keep: Any) -> None:
    whole = await every(city)
    assert await every(city, f"limit=3&{query}") == [item for item in whole if keep(item)]


async def test_filters_by_unit_steward_reporter_number_and_time(city: Client) -> None:
    whole = await every(city)
    unit = next(item["unit"]["id"] for item in whole if item["unit"])
    in_unit = await every(city, f"unit={unit}")
    assert len(in_unit) == 5
    assert await every(city, f"number={whole[3]['number']}") == [whole[3]]
    assert await every(city, f"reporter={whole[0]['reporter_id']}") == whole
    middle_time = whole[10]["reported_at"].replace("+00:00", "Z")
    later = await every(city, f"reported_from={middle_time}")
    earlier = await every(city, f"reported_to={middle_time}")
    assert len(later) + len(earlier) == COUNT


@pytest.mark.parametrize("place", ["610526001001", "610526001002003", "610526", None], ids=str)
@pytest.mark.parametrize("with_unit", [True, False])
async def test_a_list_shows_exactly_what_can_be_read_one_by_one(
    city: Client, client: Client, session: AsyncSession, place: str | None, with_unit: bool
) -> None:
    account = await an_account(session, "observer", place=place)
    if with_unit:
        unit = next(item["unit"]["id"] for item in await every(city) if item["unit"])
        account.unit_id = unit
        await session.flush()
    me = client.as_(account)
    readable = [
        item
        for item in await every(city)
        if (await me.get(f"{PATH}/{item['id']}")).status_code == 200
    ]
    assert await every(me, "limit=4") == readable
    assert await every(me, "limit=2&status=filed") == [
        item for item in readable if item["status"] == "filed"
    ]


@pytest.mark.parametrize("sort", ["-reported_at", "reported_at"])
async def test_cases_in_which_one_has_a_part_come_in_order_page_by_page(
    city: Client, client: Client, session: AsyncSession, sort: str
) -> None:
    unit = await a_unit(session, "PARTY")
    for row in (await session.scalars(select(Incident))).all():
        if row.status == "filed":
            row.parties = [unit.id]
    me = client.as_(await an_account(session, "handler", unit=unit, place=None))
    whole = await every(city, f"sort={sort}")
    assert await every(me, f"limit=3&sort={sort}") == [i for i in whole if i["status"] == "filed"]


async def test_a_page_is_one_statement_behind_the_gate(city: Client, statements: list[str]) -> None:
    await city.get(PATH)
    statements.clear()
    await city.get(f"{PATH}?limit=20")
    assert len(statements) == 2


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("after=xyz", "query/after"),
        ("after=W10", "query/after"),
        ("limit=0", "query/limit"),
        ("limit=201", "query/limit"),
        ("status=lost", "query/status/0"),
        ("bbox=1,2,3", "query/bbox"),
        ("bbox=9,2,3,4", "query/bbox"),
        ("colour=red", "query/colour"),
        ("reported_from=yesterday", "query/reported_from"),
        ("unit=7", "query/unit"),
        ("text=%00", "query/text"),
    ],
)
async def test_a_bad_filter_names_itself(city: Client, query: str, pointer: str) -> None:
    errors = problem(await city.get(f"{PATH}?{query}"), 422, "invalid-request")["errors"]
    assert [error["pointer"] for error in errors] == [pointer]


async def test_nearby_finds_the_same_class_within_metres_and_hours(city: Client) -> None:
    here = middle(0, 0)
    where = f"lon={here['lon']}&lat={here['lat']}&crs=cgcs2000&category=E0112"
    near = (await city.get(f"{PATH}/nearby?{where}&metres=50&hours=24")).json()["items"]
    whole = await every(city)
    same_place = [i for i in whole if i["lon"] == here["lon"] and i["category"]["code"] == "E0112"]
    assert sorted(n["incident"]["id"] for n in near) == sorted(i["id"] for i in same_place)
    assert all(n["metres"] < 1 for n in near)
    wide = (await city.get(f"{PATH}/nearby?{where}&metres=2000&hours=24")).json()["items"]
    distances = [n["metres"] for n in wide]
    assert len(wide) == 8
    assert distances == sorted(distances)
    recent = (await city.get(f"{PATH}/nearby?{where}&metres=50&hours=2.5")).json()["items"]
    assert 0 < len(recent) <= len(near)
