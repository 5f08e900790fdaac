"""Which cell a place lies in: borders, corners, outside, turned round, four systems."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.coordinates import gcj02_to_bd09, wgs84_to_gcj02
from tests.clients import Client, problem
from tests.factories import a_cell, a_post, a_unit, an_account, an_area
from tests.grids.drawing import SOUTH, STEP, WEST


@pytest.fixture
async def me(client: Client, session: AsyncSession) -> Client:
    """Somebody who may read grids."""
    return client.as_(await an_account(session, "observer"))


@pytest.fixture
async def four(session: AsyncSession) -> None:
    """Two rows of two cells; the lowest code lies in the north-east."""
    for number, (column, row) in enumerate([(1, 1), (0, 1), (1, 0), (0, 0)], 1):
        await a_cell(session, f"61052600100100{number}", column, row)


async def at(client: Client, column: float, row: float, **more: Any) -> dict[str, Any]:
    where = {"lon": WEST + column * STEP, "lat": SOUTH + row * STEP, "crs": "cgcs2000", **more}
    answer = await client.get("/api/v1/cells/at", params=where)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("column", "row", "number"),
    [
        (0.5, 0.5, 4),
        (1.5, 0.5, 3),
        (1, 0.5, 3),
        (0.5, 1, 2),
        (1, 1, 1),
        (0, 0, 4),
        (2, 0.5, 3),
    ],
    ids=["inside", "inside", "border", "border", "corner of four", "corner", "edge"],
)
async def test_a_shared_border_belongs_to_the_lowest_code(
    me: Client, four: None, column: float, row: float, number: int
) -> None:
    assert (await at(me, column, row))["cell"]["code"] == f"61052600100100{number}"


async def test_the_same_spot_in_four_systems_is_in_the_same_cell(me: Client, four: None) -> None:
    lon, lat = WEST + 0.5 * STEP, SOUTH + 0.5 * STEP
    pairs = {
        "cgcs2000": (lon, lat),
        "wgs84": (lon, lat),
        "gcj02": wgs84_to_gcj02(lon, lat),
        "bd09": gcj02_to_bd09(*wgs84_to_gcj02(lon, lat)),
    }
    for crs, (east, north) in pairs.items():
        found = await at(me, 0, 0, lon=east, lat=north, crs=crs)
        assert found["cell"]["code"] == "610526001001004", crs


async def test_outside_names_the_nearest_cell_and_its_distance(me: Client, four: None) -> None:
    found = await at(me, -0.5, 0.5)
    assert found["cell"] is None
    assert found["nearest"]["cell"] == "610526001001004"
    assert found["nearest"]["metres"] == pytest.approx(46.2, abs=0.2)
    assert (found["areas"], found["steward"], found["owner"], found["units"]) == (
        [],
        None,
        None,
        [],
    )


async def test_far_outside_names_nothing(me: Client, four: None) -> None:
    found = await at(me, -50, -50)
    assert (found["cell"], found["nearest"], found["swapped"]) == (None, None, None)


@pytest.mark.parametrize("crs", ["cgcs2000", "gcj02"])
async def test_a_pair_turned_round_is_recognised(me: Client, four: None, crs: str) -> None:
    lon, lat = WEST + 0.5 * STEP, SOUTH + 0.5 * STEP
    if crs == "gcj02":
        lon, lat = wgs84_to_gcj02(lon, lat)
    found = await at(me, 0, 0, lon=lat, lat=lon, crs=crs)
    assert found["cell"] is None
    assert found["swapped"] == "610526001001004"


async def test_a_latitude_beyond_the_pole_is_a_problem_if_turning_does_not_help(
    me: Client, four: None
) -> None:
    path = "/api/v1/cells/at?lon=10&lat=120&crs=wgs84"
    problem(await me.get(path), 422, "no-such-place")


@pytest.mark.parametrize(
    "query",
    ["lon=109", "lon=109&lat=34", "lon=x&lat=34&crs=wgs84", "lon=nan&lat=34&crs=wgs84"],
)
async def test_a_place_that_is_none_is_a_problem(me: Client, query: str) -> None:
    problem(await me.get(f"/api/v1/cells/at?{query}"), 422, "invalid-request")


async def test_the_answer_names_areas_steward_and_units(me: Client, session: AsyncSession) -> None:
    for code, level in (
        ("610526", "district"),
        ("610526001", "subdistrict"),
        ("610526001001", "community"),
    ):
        await an_area(session, code, level)
    await a_cell(session)
    steward = await an_account(session, "steward", place="610526001")
    cleaning, roads = await a_unit(session, "HW"), await a_unit(session, "SZ")
    await a_post(session, cleaning, place="610526", category="E01")
    await a_post(session, cleaning, place="610526001", category="E02")
    await a_post(session, roads)
    found = await at(me, 0.5, 0.5)
    assert [area["code"] for area in found["areas"]] == ["610526", "610526001", "610526001001"]
    assert found["areas"][2]["level"] == "community"
    assert found["steward"] == {"id": str(steward.id), "name": steward.name}
    assert found["owner"]["name"] == roads.name
    assert [(one["name"], one["categories"]) for one in found["units"]] == [
        (cleaning.name, ["E01", "E02"]),
        (roads.name, [""]),
    ]
    assert (await at(me, 0.5, 0.5, category="E0112"))["owner"]["name"] == cleaning.name


async def test_the_answer_is_one_statement(me: Client, four: None, statements: list[str]) -> None:
    await at(me, 0.5, 0.5)  # a connection learns its types once
    statements.clear()
    await at(me, 0.5, 0.5)
    assert len(statements) == 2  # the actor, then all of the answer
