"""Tiles of areas and cells: kept until the grid, or who is on duty in it, has changed."""

from functools import partial

from app import db
from app.grids.schemas import AreaLevel
from app.remembered import Remembered
from app.tiles.edges import Place
from app.tiles.kept import Kept, Tile

CELLS_FROM = 12
"""The zoom from which cells are drawn: a city's worth of them on one tile is of no use."""
FORM = 1
"""Raised when what a tile holds changes, so that browsers let go of the old ones."""
_kept = Kept(most_bytes=32 * 1024 * 1024)


async def _read(sql: str) -> str:
    return _named((await db.hot(sql))[0]["version"])


def _named(version: str) -> str:
    return f"{FORM}-{version}"


_VERSIONS = {
    "areas": Remembered(partial(_read, "SELECT version::text FROM grid_version"), seconds=1),
    "cells": Remembered(partial(_read, "SELECT version FROM cells_version"), seconds=1),
}


async def version_of(layer: str) -> str:
    """Another one after every change of areas or cells; of `cells` also when a steward changes."""
    return await _VERSIONS[layer].get()


def level_at(z: int) -> AreaLevel:
    """The level that a zoom shows."""
    if z < 10:
        return AreaLevel.DISTRICT
    return AreaLevel.SUBDISTRICT if z < 13 else AreaLevel.COMMUNITY


async def areas(place: Place, level: AreaLevel) -> Tile:
    """A tile of the areas of a level, with a point for each name."""
    return await _tile("areas", place, str(level))


async def cells(place: Place) -> Tile:
    """A tile of cells, each with its steward."""
    return await _tile("cells", place)


async def _tile(layer: str, place: Place, *more: str) -> Tile:
    """From the version that is remembered; the statement itself tells which one it has drawn."""

    async def build() -> tuple[str, bytes]:
        (row,) = await db.hot(db.statement(f"tiles/{layer}.sql"), *place, *more, planned=True)
        return _named(row["version"]), row["body"] or b""

    version = await version_of(layer)
    drawn = await _kept.get(repr((layer, place, more)), version, build)
    if drawn.version != version:
        _VERSIONS[layer].forget()
    return drawn
