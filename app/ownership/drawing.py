"""Areas drawn by hand: from GeoJSON to what is stored, the same bytes for the same drawing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from app.coordinates import Crs, to_storage
from app.grids import geometry
from app.ownership.errors import UnusableArea
from app.spatial import SRID

DECIMALS = 7
"""About a centimetre, as in every GeoJSON that is given out: what is exported comes back equal."""
SMALLEST_SQUARE_METRES = 1.0
MOST_POINTS = 4_000
"""A drawing fits into a field of a CSV file (131,072 characters)."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A multipolygon in stored degrees, ready for its column; `wkb` tells whether two are one."""

    ewkt: str
    wkb: bytes
    square_metres: float


def drawing(polygons: list[list[list[tuple[float, float]]]], crs: Crs) -> Drawing:
    """Rings of polygons as they were drawn; what is no area is refused with the reason."""
    points = sum(len(ring) for rings in polygons for ring in rings)
    if points > MOST_POINTS:
        raise _unusable(
            f"有 {points} 个点，最多 {MOST_POINTS} 个",
            f"it has {points} points of at most {MOST_POINTS}",
        )
    try:
        parts = [shapely.Polygon(rings[0], rings[1:]) for rings in polygons]
        shape = shapely.transform(shapely.MultiPolygon(parts), lambda points: _stored(points, crs))
    except (ValueError, shapely.GEOSException) as error:
        raise _unusable(f"环不成立（{error}）", f"a ring can't be closed ({error})") from error
    shape = shapely.orient_polygons(shapely.normalize(shape))
    if not shapely.is_valid(shape):
        why = shapely.is_valid_reason(shape)
        raise _unusable(f"多边形自相交或重叠（{why}）", f"the polygon crosses itself ({why})")
    size = geometry.square_metres(shape)
    if size < SMALLEST_SQUARE_METRES:
        raise _unusable("面积不足 1 平方米", "it is smaller than a square metre")
    text = shapely.to_wkt(shape, rounding_precision=DECIMALS)
    wkb: bytes = shapely.to_wkb(shape, byte_order=1)
    return Drawing(f"SRID={SRID};{text}", wkb, round(size, 2))


def _stored(points: Any, crs: Crs) -> Any:
    moved = [to_storage(lon, lat, crs) for lon, lat in points]
    return np.round(np.array(moved), DECIMALS) + 0.0


def _unusable(chinese: str, english: str) -> UnusableArea:
    return UnusableArea("/area", reason=(chinese, english))
