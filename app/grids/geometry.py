"""Polygon words of the import: mend, measure on the ellipsoid, tell slivers from findings."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from pyproj import Geod

from app.grids.report import Finding, Kind, error, warning

ELLIPSOID = Geod(ellps="GRS80")
"""The ellipsoid of CGCS2000."""
SLIVER_SQUARE_METRES = 0.5
SLIVER_METRES = 0.05
"""What is smaller, or narrower on average, comes from rounding and is no finding."""
DEGREE_METRES = 111_320.0
SAME_DEGREES = 1e-9
POLYGON, MULTIPOLYGON = 3, 6


@dataclass(frozen=True, slots=True)
class Mended:
    """Valid multipolygons (None where nothing is left) and which of them had to be repaired."""

    shapes: Any
    repaired: Any
    findings: list[Finding]


def mend(shapes: Any, labels: list[str]) -> Mended:
    """Keep the polygons of each shape and make their rings valid."""
    found = np.full(len(shapes), None, dtype=object)
    repaired = np.zeros(len(shapes), dtype=bool)
    findings: list[Finding] = []
    kinds, valid = shapely.get_type_id(shapes), shapely.is_valid(shapes)
    for index, shape in enumerate(shapes):
        if shape is not None and valid[index] and kinds[index] in (POLYGON, MULTIPOLYGON):
            found[index] = polygonal(shape)
        elif shape is not None:
            found[index] = polygonal(shapely.make_valid(shape, method="structure"))
            repaired[index] = found[index] is not None
            if repaired[index]:
                findings.append(_mended(labels[index], shape, found[index]))
        if found[index] is None:
            findings.append(_nothing_left(labels[index], shape))
    return Mended(shapely.orient_polygons(found), repaired, findings)


def polygonal(shape: Any) -> Any:
    """The polygons in a geometry as one multipolygon; None where there are none."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons = [part for part in parts if shapely.get_type_id(part) == POLYGON and part.area > 0]
    return shapely.multipolygons(polygons) if polygons else None


def _mended(label: str, before: Any, after: Any) -> Finding:
    reason = shapely.is_valid_reason(before)
    parts = shapely.get_num_geometries(after)
    change = round(square_metres(after) - _naive_square_metres(before), 2) + 0.0
    return warning(
        Kind.INVALID_RING,
        [label],
        f"环无效（{reason}）；已修复为 {parts} 个部分，面积变化 {change:+.2f} 平方米",
        f"invalid ring ({reason}); repaired into {parts} part(s), area changed by {change:+.2f} m²",
        square_metres=change,
        geometry=_where(reason),
    )


def _naive_square_metres(shape: Any) -> float:
    polygons = [
        part
        for part in shapely.get_parts(shapely.get_parts(shape))
        if shapely.get_type_id(part) == POLYGON
    ]
    return float(sum(map(square_metres, polygons)))


def _where(reason: str) -> dict[str, Any] | None:
    """The place that a reason names, e.g. `Self-intersection[109.5 34.9]`."""
    inside = reason.partition("[")[2].rstrip("]").split()
    try:
        lon, lat = (float(part) for part in inside[:2])
    except ValueError:
        return None
    return {"type": "Point", "coordinates": [lon, lat]}


def _nothing_left(label: str, shape: Any) -> Finding:
    kind = "空 / none" if shape is None else shapely.get_type_id(shape)
    name = shape.geom_type if shape is not None else kind
    return error(
        Kind.EMPTY_GEOMETRY,
        [label],
        f"没有可用的多边形（几何类型：{name}）",
        f"no polygon is left (geometry: {name})",
    )


def square_metres(shape: Any) -> float:
    """Area on the ellipsoid."""
    if shape is None or shape.is_empty:
        return 0.0
    area, _ = ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(shape))
    return abs(float(area))


def metres(degrees: Any, shape: Any) -> Any:
    """Roughly how many square metres some square degrees near a shape are."""
    latitude = np.radians((shapely.bounds(shape)[..., 1] + shapely.bounds(shape)[..., 3]) / 2)
    return degrees * DEGREE_METRES**2 * np.cos(latitude)


def notable(shapes: Any) -> list[tuple[int, Any, float]]:
    """Of many leftovers those that are more than slivers: index, polygons, square metres."""
    rough = metres(shapely.area(shapes), shapes)
    found = []
    for index in np.flatnonzero(rough > SLIVER_SQUARE_METRES / 2):
        shape = polygonal(shapes[index])
        area = square_metres(shape)
        length = shapely.length(shape) * DEGREE_METRES
        if area > SLIVER_SQUARE_METRES and 2 * area / length > SLIVER_METRES:
            found.append((int(index), shape, area))
    return found


def as_geojson(shape: Any) -> dict[str, Any]:
    """A shape as GeoJSON with 7 decimals."""
    rounded = shapely.transform(shape, lambda points: np.round(points, 7))
    found: dict[str, Any] = orjson.loads(shapely.to_geojson(rounded))
    return found


def same(one: Any, other: Any) -> Any:
    """Whether pairs of shapes are equal vertex by vertex, wherever their rings begin."""
    return shapely.equals_exact(
        shapely.normalize(one), shapely.normalize(other), tolerance=SAME_DEGREES
    )


def wkb_hex(shapes: Any) -> Any:
    """As the writing statements take them."""
    return shapely.to_wkb(shapes, hex=True)


def from_wkb(values: list[bytes]) -> Any:
    """What the database holds, as shapes."""
    if not values:
        return np.empty(0, dtype=object)
    return shapely.from_wkb(np.array(values, dtype=object))


def bounds(shapes: Any) -> tuple[float, float, float, float]:
    """West, south, east and north of all shapes together."""
    west, south, east, north = (float(side) for side in shapely.total_bounds(shapes))
    return west, south, east, north


def centres(shapes: Any) -> Any:
    """A point inside each shape, its middle where that lies inside: pairs of degrees."""
    middle = shapely.centroid(shapes)
    outside = ~shapely.covers(shapes, middle)
    middle[outside] = shapely.point_on_surface(shapes[outside])
    return shapely.get_coordinates(middle)
