"""Where a tile lies, and the lines that part it: pure arithmetic of Web Mercator."""

import math
from typing import NamedTuple

DEEPEST = 22


class Place(NamedTuple):
    """Where a tile is: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int


class Edges(NamedTuple):
    """Degrees at which a tile is cut into equal parts; neighbours share their outer edges exactly.

    A part holds its western and southern edge, so that every place lies in one part of one place.
    """

    lons: list[float]
    lats: list[float]

    @property
    def sides(self) -> dict[str, float]:
        """West, south, east and north by the names of their parameters."""
        return {"w": self.lons[0], "s": self.lats[0], "e": self.lons[-1], "n": self.lats[-1]}


def edges(place: Place, parts: int) -> Edges:
    """The lines that cut a tile into so many columns and rows, from west and south on."""
    whole = 2**place.z * parts
    columns = range(place.x * parts, (place.x + 1) * parts + 1)
    rows = range((place.y + 1) * parts, place.y * parts - 1, -1)
    return Edges([_lon(n, whole) for n in columns], [_lat(n, whole) for n in rows])


def _lon(column: int, whole: int) -> float:
    return column / whole * 360 - 180


def _lat(row: int, whole: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / whole))))
