"""Tiles of cases that somebody may see: clusters from afar, points from near, counted exactly."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Double,
    Integer,
    LargeBinary,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from app import db
from app.auth import Actor
from app.catalog.models import Category
from app.filters import escaped
from app.incidents.listing import CONDITIONS
from app.incidents.models import Incident
from app.incidents.queries import Scope, scope_of, scope_values, sight_of, visible
from app.spatial import as_tile, latitude, longitude, on_tile, point
from app.tiles.edges import Place, edges
from app.tiles.kept import Kept, Tile
from app.tiles.schemas import CaseFilter

PARTS = 11
"""Clusters along a tile's side: one in about 48 of its 512 pixels."""
POINTS_FROM = 14
MOST_POINTS = 2000
SECONDS = 2.0
RED, YELLOW, GREEN = (CONDITIONS[light] for light in ("red", "yellow", "green"))
LIGHT = case((RED, "red"), (YELLOW, "yellow"), (GREEN, "green"))
TOLD = ("number", "status", "light", "category", "category_name", "source")
"""What points tell besides what clusters do."""
_kept = Kept(most_bytes=16 * 1024 * 1024, seconds=SECONDS)


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the statement."""

    names: frozenset[str]
    scope: Scope
    points: bool


async def tile(actor: Actor, place: Place, filters: CaseFilter) -> Tile:
    """A tile of cases; all who see the same share it for two seconds."""
    scope = scope_of(actor)

    async def build() -> tuple[str, bytes]:
        given = _values(filters)
        parts = edges(place, PARTS)
        where = {**place._asdict(), **parts.sides, "lons": parts.lons, "lats": parts.lats}
        shape = Shape(frozenset(given), scope, place.z >= POINTS_FROM)
        (row,) = await _statement(shape).fetch(
            {**scope_values(actor), **given, **where}, planned=True
        )
        return "", row[0] or b""

    return await _kept.get(repr((place, filters.model_dump_json(), sight_of(actor))), "", build)


def _values(filters: CaseFilter) -> dict[str, Any]:
    """The conditions in use, with their values: the keys make the shape."""
    given = filters.model_dump(exclude={"ended"}, exclude_defaults=True)
    for name in ("area", "category"):
        if name in given:
            given[name] = escaped(given[name]) + "%"
    if "light" in given:
        given[str(given.pop("light"))] = None
    return given if filters.ended else {**given, "open": None}


@lru_cache(maxsize=256)
def _statement(shape: Shape) -> db.Compiled:
    hits = _hits(shape)
    found = _points_or_clusters(hits) if shape.points else _clusters(hits)
    return db.compiled(select(cast(as_tile(found.subquery("found"), "cases"), LargeBinary)))


def _hits(shape: Shape) -> Any:
    """The cases of a tile, each with its part of it; OFFSET has them computed once only."""
    lon, lat = longitude(Incident.place), latitude(Incident.place)
    edge: Any = ARRAY(Double())
    lons, lats = bindparam("lons", type_=edge), bindparam("lats", type_=edge)
    chosen = [Incident.id, lon.label("lon"), lat.label("lat")]
    chosen += [func.width_bucket(lon, lons).label("col"), func.width_bucket(lat, lats).label("row")]
    chosen += [RED.label("red"), YELLOW.label("yellow")]
    if shape.points:
        chosen += [Incident.number, Incident.status, LIGHT.label("light")]
        chosen += [Incident.category_code.label("category"), Incident.source]
    conditions = [CONDITIONS[name] for name in (*sorted(shape.names), "bbox")]
    inside = select(*chosen).where(*conditions, visible(shape.scope))
    return inside.offset(literal_column("0")).cte("hits")


def _within(rows: Any) -> Any:
    """Whether they lie in the tile: those on its northern and eastern edge are its neighbours'."""
    return and_(rows.c.col.between(1, PARTS), rows.c.row.between(1, PARTS))


def _clusters(hits: Any) -> Any:
    """One row for each part of the tile that has cases; an `id` where it has one.

    OFFSET keeps what lies within from being asked before, of each case: the planner would think
    that hardly any does.
    """
    number = func.count()
    parts = (
        select(
            hits.c.col,
            hits.c.row,
            func.avg(hits.c.lon).label("lon"),
            func.avg(hits.c.lat).label("lat"),
            number.label("count"),
            number.filter(hits.c.red).label("red"),
            number.filter(hits.c.yellow).label("yellow"),
            case((number == 1, cast(func.array_agg(hits.c.id)[1], Text))).label("id"),
        )
        .group_by(hits.c.col, hits.c.row)
        .offset(literal_column("0"))
        .subquery()
    )
    told = (parts.c[name] for name in ("count", "red", "yellow", "id"))
    return select(_shape(parts), *told).where(_within(parts))


def _points_or_clusters(hits: Any) -> Any:
    """Every case by itself, unless there are too many of them for that."""
    few = (
        select(func.count()).select_from(hits).where(_within(hits)).scalar_subquery() <= MOST_POINTS
    )
    points = (
        select(
            _shape(hits),
            literal_column("1").label("count"),
            cast(hits.c.red, Integer),
            cast(hits.c.yellow, Integer),
            cast(hits.c.id, Text).label("id"),
            *(hits.c[name] for name in ("number", "status", "light", "category")),
            Category.name.label("category_name"),
            hits.c.source,
        )
        .outerjoin(Category, Category.code == hits.c.category)
        .where(few, _within(hits))
    )
    nothing = (null().label(name) for name in TOLD)
    return union_all(points, _clusters(hits).add_columns(*nothing).where(~few))


def _shape(rows: Any) -> Any:
    here = (bindparam(name, type_=Integer()) for name in ("z", "x", "y"))
    return on_tile(point(rows.c.lon, rows.c.lat), *here).label("shape")
