"""Lists of cells and areas: filters, pages, GeoJSON."""

from typing import Any

import pytest
import shapely
from sqlalchemy.ext.asyncio import AsyncSession

from tests.clients import Client, problem
from tests.factories import a_cell, a_post, an_account, an_area
from tests.grids.drawing import SOUTH, STEP, WEST

GEOJSON = {"Accept": "application/geo+json"}


@pytest.fixture
async def me(client: Client, session: AsyncSession) -> Client:
    """Somebody who may read grids."""
    return client.as_(await an_account(session, "observer"))


@pytest.fixture
async def town(session: AsyncSession) -> None:
    """One district, two communities, three cells each."""
    await an_area(session, "610526", "district")
    await an_area(session, "610526001", "subdistrict")
    for place in (1, 2):
        await an_area(session, f"61052600100{place}")
        for number in (1, 2, 3):
            await a_cell(session, f"61052600100{place}00{number}", number, place)


async def codes(client: Client, **query: Any) -> list[str]:
    answer = await client.get("/api/v1/cells", params=query)
    assert answer.status_code == 200, answer.text
    return [cell["code"][-6:] for cell in answer.json()["items"]]


ALL = ["001001", "001002", "001003", "002001", "002002", "002003"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ALL),
        ({"q": "610526001002"}, ALL[3:]),
        ({"q": "格002"}, ["001002", "002002"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"area": "610526001002"}, ALL[3:]),
        ({"area": "6105260010020"}, ALL[3:]),
        ({"area": "610526"}, ALL),
        ({"area": "999"}, []),
        ({"bbox": f"{WEST + 3.2 * STEP},34,{WEST + 4 * STEP},35"}, ["001003", "002003"]),
    ],
)
async def test_cells_are_found_by_code_name_area_and_box(
    me: Client, town: None, query: dict[str, Any], found: list[str]
) -> None:
    assert await codes(me, **query) == found


async def test_an_area_of_free_text_holds_cells_with_other_codes(
    me: Client, session: AsyncSession
) -> None:
    cell = await a_cell(session, "oak street")
    cell.path = ["Downtown", "oak street"]
    await session.flush()
    assert await codes(me, area="Downtown") == ["street"]


async def test_cells_that_nobody_looks_after(me: Client, town: None, session: AsyncSession) -> None:
    assert await codes(me, without_steward="true") == ALL
    steward = await an_account(session, "steward", place="610526001001")
    await a_post(session, steward, place="610526001002003")
    assert await codes(me, without_steward="true") == ["002001", "002002"]
    assert await codes(me, without_steward="false") == ALL


@pytest.mark.parametrize("headers", [{}, GEOJSON], ids=["json", "geojson"])
async def test_pages_follow_each_other_by_their_links(
    me: Client, town: None, headers: dict[str, str]
) -> None:
    path, seen = "/api/v1/cells?limit=4&area=610526", []
    while path:
        answer = await me.get(path, headers=headers)
        body = answer.json()
        rows = body.get("items") or [one["properties"] for one in body["features"]]
        seen += [row["code"][-6:] for row in rows]
        link = answer.headers.get("link", "")
        assert bool(link) == (body["next"] is not None)
        path = link.partition("<")[2].partition(">")[0]
    assert seen == ALL


async def test_geojson_is_valid_and_lies_where_the_cells_do(me: Client, town: None) -> None:
    answer = await me.get("/api/v1/cells", headers=GEOJSON)
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["vary"] == "Accept"
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    for one in body["features"]:
        assert one["type"] == "Feature"
        assert one["id"] == one["properties"]["code"]
        shape = shapely.geometry.shape(one["geometry"])
        assert shape.is_valid
        assert shape.covers(shapely.Point(one["properties"]["lon"], one["properties"]["lat"]))
        assert all(ring.exterior.is_ccw for ring in shape.geoms)
    west, south, *_ = shapely.geometry.shape(body["features"][0]["geometry"]).bounds
    assert (west, south) == pytest.approx((WEST + STEP, SOUTH + STEP))


async def test_a_cell_tells_its_areas_its_steward_and_its_size(
    me: Client, town: None, session: AsyncSession
) -> None:
    steward = await an_account(session, "steward", place="610526001001")
    cell = (await me.get("/api/v1/cells/610526001001002")).json()
    assert cell["steward"] == {"id": str(steward.id), "name": steward.name}
    assert [area["level"] for area in cell["areas"]] == ["district", "subdistrict", "community"]
    assert cell["area_square_metres"] == 10_000
    assert "geometry" not in cell
    drawn = (await me.get("/api/v1/cells/610526001001002", headers=GEOJSON)).json()
    assert drawn["type"] == "Feature"
    assert drawn["properties"] == cell


async def test_a_code_may_hold_spaces_and_slashes(me: Client, session: AsyncSession) -> None:
    await a_cell(session, "South Boston/Waterfront")
    for path in ("South%20Boston%2FWaterfront", "South Boston/Waterfront"):
        assert (await me.get(f"/api/v1/cells/{path}")).json()["code"] == "South Boston/Waterfront"
        versions = (await me.get(f"/api/v1/cells/{path}/versions")).json()["items"]
        assert len(versions) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["610526", "610526001", "610526001001", "610526001002"]),
        ({"level": "community"}, ["610526001001", "610526001002"]),
        ({"parent": "610526"}, ["610526001"]),
        ({"q": "610526001001"}, ["610526001001"]),
        ({"q": "区域610526001002"}, ["610526001002"]),
    ],
)
async def test_areas_are_found_by_level_parent_code_and_name(
    me: Client, town: None, query: dict[str, Any], found: list[str]
) -> None:
    answer = await me.get("/api/v1/areas", params=query)
    assert [area["code"] for area in answer.json()["items"]] == found


async def test_an_area_as_json_and_as_geojson(me: Client, town: None) -> None:
    area = (await me.get("/api/v1/areas/610526001001")).json()
    assert area["path"] == ["610526", "610526001", "610526001001"]
    drawn = (await me.get("/api/v1/areas/610526001001", headers=GEOJSON)).json()
    assert drawn["geometry"]["type"] == "MultiPolygon"
    listed = (await me.get("/api/v1/areas", headers=GEOJSON)).json()
    assert len(listed["features"]) == 4


@pytest.mark.parametrize("path", ["cells/none", "cells/none/versions", "areas/none", "cells/%00"])
async def test_what_is_not_there_is_not_found(me: Client, path: str) -> None:
    problem(await me.get(f"/api/v1/{path}"), 404, "not-found")


@pytest.mark.parametrize(
    "query",
    ["bbox=1,2,3", "bbox=3,2,1,4", "limit=0", "limit=201", "after=x", "level=cell", "nonsense=1"],
)
async def test_a_filter_that_is_none_is_a_problem(me: Client, query: str) -> None:
    path = "areas" if query.startswith("level") else "cells"
    problem(await me.get(f"/api/v1/{path}?{query}"), 422, "invalid-request")


async def test_a_page_is_one_statement(me: Client, town: None, statements: list[str]) -> None:
    await me.get("/api/v1/cells")  # a connection learns its types once
    statements.clear()
    await me.get("/api/v1/cells")
    assert len(statements) == 2  # the actor, then the page
