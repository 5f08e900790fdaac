"""Whatever a chessboard's lines are: no overlap, no gap, and every place in exactly one cell."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.clients import Client
from tests.grids.drawing import collection, feature, imported

WEST, SOUTH = 109.0, 34.0
STEPS = st.lists(st.integers(3, 30), min_size=1, max_size=6)
TILTS = st.lists(st.integers(-1, 1), min_size=49, max_size=49)
PLACES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=10)


def lines(start: float, steps: list[int]) -> list[float]:
    """Where lines run: 1 is about ten metres."""
    found = [start]
    for step in steps:
        found.append(round(found[-1] + step * 1e-4, 7))
    return found


def tiled(east: list[float], north: list[float], tilts: list[int]) -> list[dict[str, Any]]:
    """Four-cornered cells whose inner corners are moved a little, together for all neighbours."""

    def corner(column: int, row: int) -> tuple[float, float]:
        inner = 0 < column < len(east) - 1 and 0 < row < len(north) - 1
        tilt = tilts[(row * 7 + column) % len(tilts)] * 1e-4 if inner else 0
        return round(east[column] + tilt, 7), round(north[row] - tilt, 7)

    return [
        feature(f"{column}-{row}", [corner(*at) for at in around(column, row)])
        for column in range(len(east) - 1)
        for row in range(len(north) - 1)
    ]


def around(column: int, row: int) -> list[tuple[int, int]]:
    """The corners of a cell, and the first again."""
    ring = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    return [(column + x, row + y) for x, y in ring]


@pytest.mark.parametrize("vendor", [None, "gcj02"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(columns=STEPS, rows=STEPS, tilts=TILTS, places=PLACES)
async def test_every_place_in_a_chessboard_lies_in_exactly_one_cell(
    admin: Client,
    connection: AsyncConnection,
    vendor: str | None,
    columns: list[int],
    rows: list[int],
    tilts: list[int],
    places: list[tuple[float, float]],
) -> None:
    east, north = lines(WEST, columns), lines(SOUTH, rows)
    undo = await connection.begin_nested()
    told = await imported(
        admin, collection(*tiled(east, north, tilts)), **({"crs": vendor} if vendor else {})
    )
    assert told["status"] == "done"
    assert {"overlap", "gap", "invalid-ring"}.isdisjoint(told["report"]["counts"])
    for x, y in places:
        lon, lat = east[0] + x * (east[-1] - east[0]), north[0] + y * (north[-1] - north[0])
        query = {"lon": lon, "lat": lat, "crs": vendor or "cgcs2000"}
        found = (await admin.get("/api/v1/cells/at", params=query)).json()
        assert found["cell"] is not None or _on_the_edge(x, y)
    await undo.rollback()


def _on_the_edge(x: float, y: float) -> bool:
    """Converted places on the outermost line may lie a nanometre outside."""
    return min(x, y, 1 - x, 1 - y) < 1e-3
