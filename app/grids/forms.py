"""The JSON and GeoJSON forms of cells and areas, as expressions that the database evaluates."""

from typing import Any

from sqlalchemy import FromClause, Numeric, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.grids.models import Area
from app.spatial import as_geojson, latitude, longitude

COMMON = ("code", "name", "parent_code", "path", "repaired", "valid_from", "valid_to")


def _object(pairs: dict[str, Any]) -> Any:
    return func.jsonb_build_object(*(part for pair in pairs.items() for part in pair), type_=JSONB)


def _common(rows: FromClause, *names: str) -> dict[str, Any]:
    measured = func.round(cast(rows.c.area_square_metres, Numeric), 2)
    return {name: rows.c[name] for name in (*COMMON, *names)} | {"area_square_metres": measured}


def of_area(rows: FromClause) -> Any:
    """`AreaOut`."""
    return _object(_common(rows, "level"))


def of_version(rows: FromClause) -> Any:
    """`CellVersionOut`."""
    return _object(_version(rows))


def of_cell(rows: FromClause) -> Any:
    """`CellOut`."""
    return _object(_version(rows) | {"areas": _areas(rows), "steward": _steward(rows)})


def _version(rows: FromClause) -> dict[str, Any]:
    middle = {"lon": longitude(rows.c.centre), "lat": latitude(rows.c.centre)}
    return _common(rows, "area_code") | middle


def _areas(rows: FromClause) -> Any:
    one = _object({"code": Area.code, "name": Area.name, "level": Area.level})
    order = func.array_position(rows.c.path, Area.code)
    listed = func.jsonb_agg(aggregate_order_by(one, order))
    above = Area.code == func.any(rows.c.path)
    found = select(listed).where(Area.valid_to.is_(None), above).correlate(rows)
    return func.coalesce(found.scalar_subquery(), cast(literal("[]"), JSONB))


def _steward(rows: FromClause) -> Any:
    steward = func.steward_on_duty(rows.c.path, "").table_valued("id", "name")
    one = _object({"id": steward.c.id, "name": steward.c.name})
    return select(one).correlate(rows).scalar_subquery()


def feature(rows: FromClause, properties: Any) -> Any:
    """The same as a GeoJSON feature."""
    return _object(
        {
            "type": "Feature",
            "id": rows.c.code,
            "geometry": cast(as_geojson(rows.c.area), JSONB),
            "properties": properties,
        }
    )
