"""Drawing small maps: squares, chessboards, GeoJSON, files, and sending them in."""

import json
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from app.grids.jobs import run_import
from tests.clients import Client

WEST, SOUTH, STEP = 109.0, 34.0, 0.001
Point = tuple[float, float]


def square(column: float, row: float, width: float = 1, height: float = 1) -> list[Point]:
    """A ring on the chessboard of the factories, in degrees."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    east, north = WEST + (column + width) * STEP, SOUTH + (row + height) * STEP
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def feature(code: Any, *rings: list[Point], **properties: Any) -> dict[str, Any]:
    """A polygon; without rings a feature without a geometry."""
    geometry = {"type": "Polygon", "coordinates": list(rings)} if rings else None
    told = {"code": code, "name": f"网格{code}", **properties}
    return {"type": "Feature", "properties": told, "geometry": geometry}


def collection(*features: dict[str, Any], crs: str | None = None) -> bytes:
    """A GeoJSON file."""
    named = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    return json.dumps({"type": "FeatureCollection", **named, "features": features}).encode()


def board(columns: int, rows: int, prefix: str = "610526001001") -> list[dict[str, Any]]:
    """A chessboard of cells, numbered from the south-west."""
    return [
        feature(f"{prefix}{row * columns + column + 1:03}", square(column, row))
        for row in range(rows)
        for column in range(columns)
    ]


def write(path: Path, features: Iterable[dict[str, Any]], crs: str | None, **options: Any) -> Path:
    """The same features as another format, reprojected by GDAL's own library."""
    listed = list(features)
    shapes = np.array([shapely.geometry.shape(one["geometry"]) for one in listed], dtype=object)
    fields = list(listed[0]["properties"])
    data = [np.array([one["properties"][name] for one in listed], dtype=object) for name in fields]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        pyogrio.raw.write(
            path,
            shapely.to_wkb(shapes),
            data,
            fields,
            geometry_type="Polygon",
            crs=crs,
            **options,
        )
    return path


async def send(client: Client, content: bytes, name: str = "cells.geojson", **fields: Any) -> Any:
    """Upload a file; `level` is cell and codes are free unless said otherwise."""
    wanted = {"level": "cell", "code_scheme": "free", **fields}
    return await client.post("/api/v1/grids/imports", files={"file": (name, content)}, data=wanted)


async def imported(client: Client, content: bytes, name: str = "a.geojson", **fields: Any) -> Any:
    """Upload a file, let the worker's handler import it, and read what became of it."""
    answer = await send(client, content, name, **fields)
    assert answer.status_code == 202, answer.text
    await run_import(import_id=answer.json()["id"])
    told = await client.get(answer.headers["location"])
    assert told.status_code == 200, told.text
    return told.json()


def findings(told: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The findings of one kind."""
    found = [one for one in told["report"]["findings"] if one["kind"] == kind]
    assert told["report"]["counts"].get(kind, 0) == len(found)
    return found
