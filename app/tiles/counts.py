"""Cases by area, to colour a map with."""

from datetime import datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from app import db
from app.auth import Actor
from app.config import settings
from app.filters import escaped
from app.grids.models import Area
from app.incidents.listing import CONDITIONS
from app.incidents.models import Incident
from app.incidents.queries import Scope, scope_of, scope_values, sight_of, visible
from app.remembered import Shared
from app.tiles.schemas import CountFilter

_counts: Shared[bytes] = Shared()


async def by_area(actor: Actor, filters: CountFilter) -> bytes:
    """Every area of a level with its cases, as JSON (`AreaCountList`)."""
    scope = scope_of(actor)

    async def build() -> bytes:
        given = _values(filters)
        names = frozenset(given) - {"reported_from", "reported_to", "level"}
        shape = names, "reported_to" in given
        rows = await _statement(scope, *shape).fetch({**scope_values(actor), **given}, planned=True)
        return b'{"items":' + str(rows[0]["items"]).encode() + b"}"

    return await _counts.get(repr((filters.model_dump_json(), sight_of(actor))), build)


def _values(filters: CountFilter) -> dict[str, Any]:
    given = filters.model_dump(exclude={"since", "until"}, exclude_defaults=True)
    if "category" in given:
        given["category"] = escaped(given["category"]) + "%"
    if filters.until is not None:
        given["reported_to"] = filters.until
    since = filters.since or _midnight()
    return {**given, "level": str(filters.level), "reported_from": since}


def _midnight() -> datetime:
    """When today began in the city."""
    zone = settings().zone
    return datetime.combine(datetime.now(zone).date(), time.min, zone)


@lru_cache(maxsize=64)
def _statement(scope: Scope, names: frozenset[str], until: bool) -> db.Compiled:
    """Counts by the smallest area, then summed up along each one's path to the level asked for."""
    chosen = [CONDITIONS[name] for name in sorted(names)]
    period = [CONDITIONS[name] for name in ("reported_from", *(["reported_to"] if until else []))]
    number, none = func.count(), literal_column("0", Integer())
    late = number.filter(CONDITIONS["red"])
    per_area = {
        "open": (number, late, none, [CONDITIONS["open"]]),
        "reported": (none, none, number, period),
    }
    parts = [
        select(
            Incident.area_code,
            opened.label("open"),
            overdue.label("overdue"),
            reported.label("reported"),
        )
        .where(*chosen, *conditions, visible(scope))
        .group_by(Incident.area_code)
        for opened, overdue, reported, conditions in per_area.values()
    ]
    counted = union_all(*parts).subquery()
    return db.compiled(_summed(counted))


def _summed(counted: Any) -> Any:
    """Each area of the level with the sums of those whose path leads through it."""
    names = ("open", "overdue", "reported")
    each = (
        select(func.unnest(Area.path).label("above"), *(counted.c[name] for name in names))
        .join(counted, and_(counted.c.area_code == Area.code, Area.valid_to.is_(None)))
        .subquery()
    )
    sums = (
        select(each.c.above, *(func.sum(each.c[name]).label(name) for name in names))
        .group_by(each.c.above)
        .subquery()
    )
    rows = (
        select(Area.code, Area.name, *(func.coalesce(sums.c[n], 0).label(n) for n in names))
        .outerjoin(sums, sums.c.above == Area.code)
        .where(Area.valid_to.is_(None), Area.level == bindparam("level", type_=Text()))
        .order_by(Area.code)
        .subquery()
    )
    items = func.json_agg(func.row_to_json(rows.table_valued()))
    return select(func.coalesce(cast(items, Text), "[]").label("items"))
