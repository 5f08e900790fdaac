"""Shapes from a file's coordinate system into stored degrees."""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError
from pyproj.transformer import AreaOfInterest, Transformer, TransformerGroup

from app.coordinates import Crs, to_storage
from app.grids.errors import WrongCrs

Tick = Callable[[float], None]
VERTICES_PER_TICK = 20_000
OURS, EQUAL = "EPSG:4490", "EPSG:4326"
"""CGCS2000, and WGS84, which is taken as equal to it."""


def nothing(part: float) -> None:
    """Tell nobody."""


def to_degrees(
    shapes: Any, crs: CRS, named: str | None, label: str, tick: Tick = nothing
) -> tuple[Any, bool]:
    """The shapes in stored degrees, and whether the way there is only approximate."""
    try:
        shapes, approximate = _to_geodetic(shapely.force_2d(shapes), crs, label)
    except ProjError as error:
        raise WrongCrs(crs=label) from error
    if named in (Crs.GCJ02, Crs.BD09):
        shapes = _unshifted(shapes, Crs(named), tick)
    tick(1.0)
    return shapes, approximate


def _to_geodetic(shapes: Any, crs: CRS, label: str) -> tuple[Any, bool]:
    geodetic = crs.geodetic_crs
    if geodetic is None:
        raise WrongCrs(crs=label)
    if crs.is_geographic and _is_equal(crs):
        _in_range(shapely.get_coordinates(shapes), label)
        return shapes, False
    target = OURS if "China" in _datum(geodetic) else EQUAL
    degrees, approximate = _transformer(crs, geodetic, target, shapely.total_bounds(shapes))

    def transform(points: Any) -> Any:
        lon, lat = degrees.transform(points[:, 0], points[:, 1])
        return np.column_stack([lon, lat])

    _in_range(transform(shapely.get_coordinates(shapes)), label)
    return shapely.transform(shapes, transform), approximate


def _is_equal(crs: CRS) -> bool:
    """Whether degrees of this system are stored as they are."""
    name = _datum(crs)
    plain = all("degree" in axis.unit_name for axis in crs.axis_info[:2])
    known = "China" in name or "World Geodetic System 1984" in name or name == "WGS 84"
    return plain and known


def _datum(crs: CRS) -> str:
    return str(crs.datum.name) if crs.datum is not None else ""


def _transformer(crs: CRS, geodetic: CRS, target: str, bounds: Any) -> tuple[Transformer, bool]:
    """The best way for this part of the world; a ballpark shift is told as approximate."""
    rough = Transformer.from_crs(crs, geodetic, always_xy=True)
    west, south, east, north = rough.transform_bounds(*bounds)
    if not np.isfinite([west, south, east, north]).all():
        return rough, False
    group = TransformerGroup(
        crs,
        target,
        always_xy=True,
        area_of_interest=AreaOfInterest(west, south, east, north),
    )
    if not group.transformers:
        raise ProjError(f"no way from {crs.name} to degrees")
    best = group.transformers[0]
    return best, best.accuracy < 0 or "Ballpark" in best.description


def _in_range(points: Any, label: str) -> None:
    limits = np.array([180.0, 90.0])
    if not (np.isfinite(points) & (np.abs(points) <= limits)).all():
        raise WrongCrs(crs=label)


def _unshifted(shapes: Any, vendor: Crs, tick: Tick) -> Any:
    """Every different vertex once: neighbours that shared one go on sharing it."""
    points, where = np.unique(shapely.get_coordinates(shapes), axis=0, return_inverse=True)
    moved = np.empty_like(points)
    for start in range(0, len(points), VERTICES_PER_TICK):
        stop = min(start + VERTICES_PER_TICK, len(points))
        moved[start:stop] = [to_storage(lon, lat, vendor) for lon, lat in points[start:stop]]
        tick(stop / len(points))
    return shapely.set_coordinates(shapes.copy(), moved[where.ravel()])
