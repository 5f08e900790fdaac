"""Our PostGIS words: the only place with ST_* besides migrations and .sql files."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, func
from sqlalchemy.sql import cast
from sqlalchemy.types import Double, LargeBinary, Text

SRID = 4490
"""CGCS2000, longitude and latitude in degrees: the one stored system."""
MERCATOR = 3857
"""What vector tiles are drawn in; see `app.tiles`."""
EXTENT = 4096
"""Steps along a tile's side."""


def point_type() -> Geometry:
    """Column type of a place; its index is declared by the table."""
    return Geometry("POINT", srid=SRID, spatial_index=False)


def polygon_type() -> Geometry:
    """Column type of an area; its index is declared by the table."""
    return Geometry("MULTIPOLYGON", srid=SRID, spatial_index=False)


def shape_type() -> Geometry:
    """Column type of an area as tiles draw it; its index is declared by the table."""
    return Geometry("MULTIPOLYGON", srid=MERCATOR, spatial_index=False)


def projected(column: str) -> str:
    """A stored column in the system of tiles, as the table computes it."""
    return f"ST_Transform({column}, {MERCATOR})"


def box(west: Any, south: Any, east: Any, north: Any) -> ColumnElement[Any]:
    """A rectangle in stored degrees."""
    return func.ST_MakeEnvelope(west, south, east, north, SRID)


def in_box(column: Any, rectangle: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a column's geometry meets a rectangle (its index answers)."""
    found: ColumnElement[bool] = column.op("&&")(rectangle)
    return found


def as_geojson(column: Any) -> ColumnElement[Any]:
    """A geometry as a GeoJSON value with 7 decimals (about a centimetre)."""
    return cast(func.ST_AsGeoJSON(column, 7), Text)


def as_wkb(column: Any) -> ColumnElement[bytes]:
    """A geometry as well-known binary."""
    return cast(func.ST_AsBinary(column), LargeBinary)


def longitude(column: Any) -> ColumnElement[float]:
    """The first coordinate of a point."""
    return cast(func.ST_X(column), Double)


def latitude(column: Any) -> ColumnElement[float]:
    """The second coordinate of a point."""
    return cast(func.ST_Y(column), Double)


def ewkt(lon: float, lat: float) -> str:
    """A point in stored degrees, as a column takes it."""
    return f"SRID={SRID};POINT({lon!r} {lat!r})"


def point(lon: Any, lat: Any) -> ColumnElement[Any]:
    """A point in stored degrees, from numbers or parameters."""
    return func.ST_SetSRID(func.ST_MakePoint(lon, lat), SRID)


def inside(area: Any) -> ColumnElement[Any]:
    """A point that lies in an area, whatever its shape."""
    return func.ST_PointOnSurface(area)


def covers(column: Any, place: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an area holds a place, its border included."""
    return func.ST_Covers(column, place)


def metres_between(one: Any, other: Any) -> ColumnElement[float]:
    """Distance on the ellipsoid."""
    return func.ST_Distance(func.geography(one), func.geography(other))


def within_metres(one: Any, other: Any, metres: Any) -> ColumnElement[bool]:
    """Whether two geometries lie within a distance on the ellipsoid."""
    return func.ST_DWithin(func.geography(one), func.geography(other), metres)


def on_tile(place: Any, z: Any, x: Any, y: Any) -> ColumnElement[Any]:
    """A place in the steps of a tile."""
    box = func.ST_TileEnvelope(z, x, y)
    return func.ST_AsMVTGeom(func.ST_Transform(place, MERCATOR), box, EXTENT, 0, False)


def as_tile(rows: Any, layer: str) -> ColumnElement[bytes]:
    """Rows as a layer of a tile: `shape` is in its steps, the other columns are properties."""
    return func.ST_AsMVT(rows.table_valued(), layer, EXTENT, "shape")
