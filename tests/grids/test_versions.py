"""A changed file closes the old rows and opens new ones; what happened stays readable."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.grids.models import Area, Cell
from tests.clients import Client, problem
from tests.grids.drawing import board, collection, feature, imported, square


async def versions(client: Client, code: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(f"/api/v1/cells/{code}/versions")).json()[
        "items"
    ]
    return found


async def test_the_same_file_again_changes_nothing(admin: Client, session: AsyncSession) -> None:
    await imported(admin, collection(*board(3, 3)))
    told = await imported(admin, collection(*board(3, 3)))
    assert told["report"]["changes"] == {"opened": 0, "closed": 0, "replaced": 0, "unchanged": 9}
    assert len((await session.scalars(select(Cell))).all()) == 9


async def test_a_ring_that_begins_elsewhere_is_the_same_ring(admin: Client) -> None:
    ring = square(0, 0)
    await imported(admin, collection(feature("a", ring)))
    turned = [*ring[2:-1], *ring[:3]][::-1]
    told = await imported(admin, collection(feature("a", turned)))
    assert told["report"]["changes"]["unchanged"] == 1


@pytest.mark.parametrize(
    "changed",
    [feature("a", square(0, 0, 2)), feature("a", square(0, 0), name="新名")],
    ids=["shape", "name"],
)
async def test_a_changed_cell_is_closed_and_a_new_one_opened(
    admin: Client, changed: dict[str, Any]
) -> None:
    await imported(admin, collection(feature("a", square(0, 0)), feature("b", square(5, 0))))
    told = await imported(admin, collection(changed, feature("b", square(5, 0))))
    assert told["report"]["changes"] == {"opened": 1, "closed": 1, "replaced": 0, "unchanged": 1}
    old, new = await versions(admin, "a")
    assert old["valid_to"] == new["valid_from"]
    assert new["valid_to"] is None
    assert len(await versions(admin, "b")) == 1


async def test_a_cell_mostly_covered_by_new_ones_is_replaced_and_others_stay(
    admin: Client,
) -> None:
    await imported(
        admin,
        collection(
            feature("merged", square(0, 0)),
            feature("touched", square(2, 0)),
            feature("far", square(9, 9)),
        ),
    )
    told = await imported(admin, collection(feature("new", square(0, 0, 2.4))))
    assert told["report"]["changes"] == {"opened": 1, "closed": 0, "replaced": 1, "unchanged": 0}
    assert told["report"]["counts"] == {"overlap": 1}
    listed = (await admin.get("/api/v1/cells")).json()["items"]
    assert [cell["code"] for cell in listed] == ["far", "new", "touched"]
    problem(await admin.get("/api/v1/cells/merged"), 404, "not-found")
    (gone,) = await versions(admin, "merged")
    assert gone["valid_to"] is not None


async def test_a_split_cell_is_replaced_by_its_parts(admin: Client) -> None:
    await imported(admin, collection(feature("whole", square(0, 0, 2))))
    parts = collection(feature("left", square(0, 0)), feature("right", square(1, 0)))
    told = await imported(admin, parts)
    assert told["report"]["counts"] == {}
    assert told["report"]["changes"] == {"opened": 2, "closed": 0, "replaced": 1, "unchanged": 0}


async def test_history_as_geojson_shows_where_the_line_was(admin: Client) -> None:
    await imported(admin, collection(feature("a", square(0, 0))))
    await imported(admin, collection(feature("a", square(0, 0, 2))))
    accept = {"Accept": "application/geo+json"}
    answer = await admin.get("/api/v1/cells/a/versions", headers=accept)
    old, new = answer.json()["features"]
    assert old["geometry"] != new["geometry"]
    assert old["properties"]["valid_to"] == new["properties"]["valid_from"]


async def test_the_city_that_a_district_names_is_not_looked_for(admin: Client) -> None:
    shape = collection(feature("610526", square(0, 0), parent="610500"))
    told = await imported(admin, shape, level="district", code_scheme="national")
    assert (told["status"], told["report"]["counts"]) == ("done", {})
    assert (await admin.get("/api/v1/areas/610526")).json()["parent_code"] is None


async def test_areas_have_versions_too(admin: Client, session: AsyncSession) -> None:
    for width in (4, 5):
        shape = collection(feature("610526", square(0, 0, width, 4)))
        await imported(admin, shape, level="district", code_scheme="national")
    rows = (await session.scalars(select(Area).order_by(Area.valid_from))).all()
    assert [row.valid_to is None for row in rows] == [False, True]
    assert rows[0].valid_to == rows[1].valid_from


async def test_what_lies_below_an_area_follows_it_under_another(admin: Client) -> None:
    top = collection(feature("A", square(0, 0, 4, 4)), feature("B", square(4, 0, 4, 4)))
    await imported(admin, top, level="district")
    middle = feature("M", square(0, 0, 4, 4), parent="A")
    await imported(admin, collection(middle), level="subdistrict")
    low = feature("L", square(0, 0, 2, 4), parent="M")
    await imported(admin, collection(low), level="community")
    await imported(admin, collection(feature("c", square(0, 0), parent="L")))
    assert (await admin.get("/api/v1/cells/c")).json()["path"] == ["A", "M", "L", "c"]
    middle["properties"]["parent"] = "B"
    await imported(admin, collection(middle), level="subdistrict")
    assert (await admin.get("/api/v1/areas/L")).json()["path"] == ["B", "M", "L"]
    assert (await admin.get("/api/v1/cells/c")).json()["path"] == ["B", "M", "L", "c"]
    old, new = await versions(admin, "c")
    assert (old["path"][0], new["path"][0]) == ("A", "B")
