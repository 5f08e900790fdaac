"""The large screen: every number is a count of cases, and its link lists exactly those."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import db
from app.incidents import watch
from app.tallies import ranking
from app.tallies.ranking import Unit
from tests.centre import TO_CLOSED, TO_DISPATCHED, TO_FILED, TO_HANDLED, Centre
from tests.clients import Client, problem
from tests.factories import a_post, an_account, middle
from tests.life.acting import DAY, act, reported
from tests.tallies.conftest import COMMUNITY, NEXT_DOOR
from tests.tallies.counting import count_all

PATH = "/api/v1/screen"
ELSEWHERE = middle(1, 0)
AREAS = ("610526", "610526002", COMMUNITY, NEXT_DOOR)


async def seen(client: Client, **query: Any) -> dict[str, Any]:
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def figures(part: Any, path: str = "") -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Every number in the answer that has a list."""
    if isinstance(part, list):
        for index, inner in enumerate(part):
            yield from figures(inner, f"{path}/{index}")
    elif isinstance(part, dict):
        if part.get("link"):
            yield path, part["count"], part["link"]
        for name, inner in part.items():
            yield from figures(inner, f"{path}/{name}")


async def not_as_listed(client: Client, body: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Numbers whose list has another length."""
    wrong, known = [], {}
    for path, count, link in figures(body):
        key = str(sorted(link.items()))
        if key not in known:
            answer = await client.get("/api/v1/incidents/count", params=link)
            assert answer.status_code == 200, (link, answer.text)
            known[key] = answer.json()["count"]
        if known[key] != count:
            wrong.append((path, count, known[key], link))
    return wrong


async def a_day(centre: Centre) -> None:
    """What a centre has in one day: two communities, a case in no cell, returns, a late one."""
    early = datetime.now(UTC) - DAY - timedelta(hours=3)
    late = await reported(centre, early)
    for who, move in TO_DISPATCHED:
        await act(centre, who, late, move, early)
    await watch.look(datetime.now(UTC) + 3 * DAY)
    cases = [await centre.report() for _ in range(4)]
    await centre.walk(cases[0], *TO_CLOSED)
    await centre.walk(cases[1], *TO_DISPATCHED, ("handler", "return"))
    await centre.walk(cases[2], *TO_HANDLED)
    await centre.walk(cases[3], ("acceptor", "reject"))
    next_door = [await centre.report(**ELSEWHERE, category="C0103") for _ in range(2)]
    await centre.walk(next_door[0], *TO_FILED[:1])
    await centre.report(lon=100.0, source="hotline")
    moved = await centre.report(lon=100.0)
    await centre.move("acceptor", moved, "place", body={"cell": NEXT_DOOR + "001"})
    reopened = await centre.report()
    await centre.walk(reopened, *TO_CLOSED, ("supervisor", "reopen"), ("supervisor", "supervise"))
    await count_all()


async def test_every_number_is_the_length_of_its_list(centre: Centre) -> None:
    await a_day(centre)
    leader = centre.people["leader"]
    for which in ({}, {"period": "day"}, {"period": "week"}, *({"area": area} for area in AREAS)):
        assert await not_as_listed(leader, await seen(leader, **which)) == []
    city = await seen(leader)
    assert len(list(figures(city))) > 180
    today = {name: figure["count"] for name, figure in city["today"].items()}
    assert {name: today[name] for name in ("reported", "rejected", "closed")} == {
        "reported": 9,
        "rejected": 1,
        "closed": 1,
    }
    assert city["now"]["no_cell"]["count"] == 1
    assert city["now"]["supervised"]["count"] == 1
    assert city["now"]["returned"]["count"] == 1
    assert city["now"]["red"]["count"] == len(city["overdue"])
    assert [area["code"] for area in city["areas"]] == [COMMUNITY, NEXT_DOOR]
    assert city["sources"][-1]["label"] == "热线"
    assert len(city["latest"]) == 10
    assert len(city["hours"]) == 24
    assert len(city["days"]) == 30


async def test_a_screen_of_an_area_shows_no_other_area(centre: Centre) -> None:
    await a_day(centre)
    body = await seen(centre.people["leader"], area=NEXT_DOOR, period="day")
    assert body["area"] == {"code": NEXT_DOOR, "name": f"区域{NEXT_DOOR}"}
    assert body["today"]["reported"]["count"] == 3
    assert {case["cell"]["area_code"] for case in body["latest"]} == {NEXT_DOOR}
    assert [found["code"] for found in body["classes"]] == ["C0103", "E0112"]


async def test_whoever_sees_a_part_gets_that_part(centre: Centre) -> None:
    await a_day(centre)
    async with db.transaction() as session:
        local = await an_account(session, "leader", username="local", place=NEXT_DOOR)
        both = await an_account(session, "leader", username="both", place="610526001")
        await a_post(session, both, duty="leader", place="610526002")
        await a_post(session, both, duty="leader", place=NEXT_DOOR)
        nowhere = await an_account(session, "leader", username="nowhere", place=None)
    speak = centre.people["leader"]
    body = await seen(speak.as_(local))
    assert body["area"]["code"] == NEXT_DOOR
    assert body["today"]["reported"]["count"] == 3
    assert await not_as_listed(speak.as_(local), body) == []
    problem(await speak.as_(local).get(PATH, params={"area": COMMUNITY}), 404, "not-found")
    body = await seen(speak.as_(both))
    assert (body["area"], body["today"]["reported"]["count"]) == (None, 8)
    assert await not_as_listed(speak.as_(both), body) == []
    assert (await seen(speak.as_(both), area=COMMUNITY))["today"]["reported"]["count"] == 5
    body = await seen(speak.as_(nowhere))
    assert (body["today"]["reported"]["count"], body["latest"]) == (0, [])
    problem(await speak.get(PATH, params={"area": "999999"}), 404, "not-found")
    problem(await centre.people["handler"].get(PATH), 403, "forbidden")
    problem(await speak.get(PATH, params={"period": "year"}), 422, "invalid-request")
    no_step = {"step_unit": str(centre.unit.id)}
    problem(await speak.get("/api/v1/incidents", params=no_step), 422, "invalid-request")


async def test_the_tag_stays_until_a_number_changes(centre: Centre) -> None:
    leader = centre.people["leader"]
    first = await leader.get(PATH)
    tag = {"If-None-Match": first.headers["etag"]}
    assert (await leader.get(PATH, headers=tag)).status_code == 304
    await centre.report()
    await count_all()
    assert (await leader.get(PATH, headers=tag)).status_code == 200


async def test_a_unit_is_ranked_against_others_and_the_period_before(centre: Centre) -> None:
    week = "date_trunc('week', now() AT TIME ZONE 'Asia/Shanghai')::date"
    rows = (
        (centre.unit.id, 0, 30, 20, 2),
        (centre.other.id, 0, 30, 20, 4),
        (centre.unit.id, 7, 30, 20, 4),
        (centre.other.id, 7, 30, 20, 2),
    )
    for unit, back, dispatched, closed, late in rows:
        await db.hot(
            "INSERT INTO tally (area_code, dimension, span, day, value, dispatched, closed, "
            f"closed_late) VALUES ('', 'unit', 'week', {week} - $2::int, $1, $3, $4, $5)",
            str(unit),
            back,
            dispatched,
            closed,
            late,
        )
    units = (await seen(centre.people["leader"], period="week"))["units"]
    assert [(unit["id"], unit["rank"], unit["change"]) for unit in units] == [
        (str(centre.unit.id), 1, 1),
        (str(centre.other.id), 2, -1),
    ]
    assert units[0]["in_time_rate"] == 0.9


@pytest.mark.parametrize(
    ("closed", "rank"),
    [((10, 10, 9), [1, 1, 3]), ((9, 10, 10), [3, 1, 1]), ((0, 10, 10), [None, 1, 1])],
)
def test_equal_units_share_a_rank(closed: tuple[int, ...], rank: list[int | None]) -> None:
    units = [Unit(str(n), "", 20, 0, count, 0, 0) for n, count in enumerate(closed)]
    found = ranking.ranks(units, 20)
    assert [found.get(unit.id) for unit in units] == rank
    assert ranking.ranks(units, 21) == {}
