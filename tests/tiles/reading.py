"""Asking for tiles and reading what is in them."""

import math
from typing import Any

import httpx
import mapbox_vector_tile

from tests.clients import Client
from tests.factories import STEP

PATH = "/api/v1/tiles"
MIDDLE = (109.0 + STEP / 2, 34.0 + STEP / 2)
"""The middle of the first square of the chessboard."""


def at(z: int, lon: float = MIDDLE[0], lat: float = MIDDLE[1]) -> str:
    """The address of the tile that holds a place."""
    across = 2**z
    x = math.floor((lon + 180) / 360 * across)
    y = math.floor((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * across)
    return f"{z}/{x}/{y}.mvt"


async def ask(client: Client, layer: str, tile: str, **options: Any) -> httpx.Response:
    """The answer to a request for a tile."""
    return await client.get(f"{PATH}/{layer}/{tile}", **options)


async def layers(client: Client, layer: str, tile: str, **options: Any) -> dict[str, Any]:
    """The features of a tile, by layer."""
    answer = await ask(client, layer, tile, **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    found = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    return {name: told["features"] for name, told in found.items()}


async def told(client: Client, layer: str, tile: str, **options: Any) -> list[dict[str, Any]]:
    """The properties of what a tile's layer of the same name holds."""
    found = (await layers(client, layer, tile, **options)).get(layer, [])
    return [feature["properties"] for feature in found]
