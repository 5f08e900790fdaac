"""Tiles of cases: clusters that count exactly, single cases from near, only what I may see."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app import remembered
from app.incidents.models import Incident
from app.tiles import cases
from app.tiles.edges import Place, edges
from tests.centre import Centre, a_centre
from tests.clients import Client, problem
from tests.factories import a_report, an_account
from tests.tiles.reading import ask, at, told

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def centre(client: Client, session: AsyncSession) -> Centre:
    return await a_centre(client, session)


async def change(session: AsyncSession, incident: Any, **values: Any) -> None:
    chosen = update(Incident).where(Incident.id == UUID(str(incident)))
    await session.execute(chosen.values(**values))
    remembered.forget_all()


async def shown(client: Client, z: int = 15, **params: Any) -> list[dict[str, Any]]:
    """What the tile over the first cell tells."""
    return await told(client, "cases", at(z), params=params)


@pytest.mark.parametrize("z", [6, 10, 12, 13, 14, 16])
async def test_every_case_is_counted_in_one_tile(centre: Centre, z: int) -> None:
    here = edges(Place(12, 3288, 1635), 22)
    places = {(lon, lat) for lon in here.lons for lat in here.lats[::4]}
    for lon, lat in sorted(places)[::2]:
        await centre.report(lon=lon, lat=lat)
    tiles = {at(z, lon, lat) for lon, lat in places}
    tiles |= {_beside(tile, x, y) for tile in tiles for x in (-1, 0, 1) for y in (-1, 0, 1)}
    me = centre.people["dispatcher"]
    found = [one for tile in sorted(tiles) for one in await told(me, "cases", tile)]
    assert sum(one["count"] for one in found) == len(sorted(places)[::2])


def _beside(tile: str, right: int, down: int) -> str:
    z, x, y = tile.removesuffix(".mvt").split("/")
    return f"{z}/{int(x) + right}/{int(y) + down}.mvt"


async def test_a_cluster_tells_how_many_are_late_or_nearly_so(
    centre: Centre, session: AsyncSession
) -> None:
    lights = [
        {"yellow_at": NOW - 2 * HOUR, "due_at": NOW - HOUR},
        {"yellow_at": NOW - HOUR, "due_at": NOW + HOUR},
        {"yellow_at": NOW + HOUR, "due_at": NOW + 2 * HOUR},
        {"yellow_at": None, "due_at": None},
    ]
    for light in lights:
        await change(session, await centre.report(), **light)
    (cluster,) = await shown(centre.people["dispatcher"], 12)
    assert cluster == {"count": 4, "red": 1, "yellow": 1}
    singles = await shown(centre.people["dispatcher"])
    assert sorted(str(one.get("light")) for one in singles) == ["None", "green", "red", "yellow"]
    for light in ("red", "yellow", "green"):
        (one,) = await shown(centre.people["dispatcher"], light=light)
        assert one["light"] == light


async def test_a_cluster_of_one_is_that_case(centre: Centre) -> None:
    incident = await centre.report()
    (cluster,) = await shown(centre.people["dispatcher"], 12)
    assert (cluster["count"], cluster["id"]) == (1, incident)


async def test_from_near_each_case_tells_what_a_map_shows(centre: Centre) -> None:
    incident = await centre.seen(await centre.report())
    (case,) = await shown(centre.people["dispatcher"])
    assert case == {
        "count": 1,
        "red": 0,
        "yellow": 0,
        "id": incident["id"],
        "number": incident["number"],
        "status": "reported",
        "light": incident["clock"]["light"],
        "category": "E0112",
        "category_name": incident["category"]["name"],
        "source": "steward",
    }


async def test_too_many_single_cases_are_clusters_again(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await centre.report()
    me = centre.people["dispatcher"]
    assert len(await shown(me)) == 4
    monkeypatch.setattr(cases, "MOST_POINTS", 3)
    cases._statement.cache_clear()
    remembered.forget_all()
    assert [one["count"] for one in await shown(me)] == [4]
    cases._statement.cache_clear()


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 2),
        ({"status": ["filed"]}, 1),
        ({"status": ["filed", "reported"]}, 2),
        ({"category": "E01"}, 2),
        ({"category": "C"}, 0),
        ({"source": ["hotline"]}, 1),
        ({"area": "610526001"}, 2),
        ({"area": "610527"}, 0),
        ({"reported_from": (NOW - 30 * HOUR).isoformat()}, 1),
        ({"reported_to": (NOW - 30 * HOUR).isoformat()}, 1),
        ({"reported_from": (NOW - 90 * HOUR).isoformat(), "ended": "true"}, 3),
        ({"reported_from": (NOW - 90 * HOUR).isoformat(), "ended": "true", "status": "closed"}, 1),
    ],
)
@pytest.mark.parametrize("z", [12, 15])
async def test_filters_choose_what_is_shown(
    centre: Centre, session: AsyncSession, params: dict[str, Any], count: int, z: int
) -> None:
    await centre.report(source="hotline")
    await change(session, await centre.report(), status="filed", reported_at=NOW - 40 * HOUR)
    ended = {"status": "closed", "ended_at": NOW, "reported_at": NOW - 50 * HOUR}
    await change(session, await centre.report(), **ended)
    found = await shown(centre.people["dispatcher"], z, **params)
    assert sum(one["count"] for one in found) == count


async def test_ended_cases_need_a_beginning(me: Client) -> None:
    problem(await ask(me, "cases", at(12), params={"ended": "true"}), 422, "invalid-request")
    problem(await ask(me, "cases", at(12), params={"colour": "red"}), 422, "invalid-request")


@pytest.mark.parametrize("z", [12, 15])
async def test_only_what_i_may_see_is_on_my_map(
    centre: Centre, session: AsyncSession, z: int
) -> None:
    await centre.report()
    narrow = await an_account(session, "observer", username="narrow", place="610526001999")
    own = await an_account(session, "steward", username="own", place="610526001999")
    people = centre.people["steward"]
    await people.as_(own).post("/api/v1/incidents", a_report())
    assert [
        sum(one["count"] for one in await shown(people.as_(who), z))
        for who in (centre.accounts["observer"], narrow, own)
    ] == [2, 0, 1]


async def test_an_unchanged_tile_is_not_sent_again(centre: Centre) -> None:
    await centre.report()
    me = centre.people["dispatcher"]
    first = await ask(me, "cases", at(12))
    known = {"If-None-Match": first.headers["etag"]}
    assert (await ask(me, "cases", at(12), headers=known)).status_code == 304
    await centre.report()
    remembered.forget_all()
    assert (await ask(me, "cases", at(12), headers=known)).status_code == 200


async def test_who_sees_the_same_shares_a_tile_for_a_moment(
    centre: Centre, statements: list[str]
) -> None:
    await centre.report()
    await shown(centre.people["dispatcher"], 12)
    await shown(centre.people["supervisor"], 12)
    assert len([sql for sql in statements if "AsMVT" in sql]) == 1
