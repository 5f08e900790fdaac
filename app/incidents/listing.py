"""Lists of cases by keyset: the statement is built once per shape of filter and then only bound.

A filter's shape is the set of names that are used. Whoever sees a part of the city gets a branch
for each way of seeing (area, cell, unit, own), so that every branch walks one index in order.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Double,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    true,
    tuple_,
    union,
)

from app import db, pages
from app.auth import Actor
from app.filters import corners, escaped
from app.grids.models import Cell
from app.incidents import workflow
from app.incidents.models import WORDS, Incident
from app.incidents.queries import IDS, OUT, TEXTS, scope_of, scope_values
from app.incidents.schemas import IncidentFilter
from app.spatial import box, in_box

MANY_AREAS = 64
PLANNED = frozenset({"bbox", "text"})
NOT_A_CONDITION = frozenset({"sort", "limit", "after"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the statement."""

    names: frozenset[str]
    newest_first: bool
    continued: bool
    branches: frozenset[str]


def _text(name: str) -> Any:
    return bindparam(name, type_=Text())


def _like(column: Any, name: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.like(_text(name))
    return found


CONDITIONS: dict[str, ColumnElement[bool]] = {
    "status": Incident.status == func.any(bindparam("status", type_=TEXTS)),
    "open": Incident.ended_at.is_(None),
    "area": _like(Incident.cell_code, "area"),
    "category": _like(Incident.category_code, "category"),
    "source": Incident.source == func.any(bindparam("source", type_=TEXTS)),
    "unit": Incident.unit_id == bindparam("unit", type_=Uuid()),
    "steward": Incident.steward_id == bindparam("steward", type_=Uuid()),
    "reporter": Incident.reporter_id == bindparam("reporter", type_=Uuid()),
    "number": Incident.number == _text("number"),
    "no_cell": Incident.cell_id.is_(None),
    "has_cell": Incident.cell_id.is_not(None),
    "reported_from": Incident.reported_at >= bindparam("reported_from", type_=DateTime(True)),
    "reported_to": Incident.reported_at < bindparam("reported_to", type_=DateTime(True)),
    "bbox": in_box(
        Incident.place, box(*(bindparam(side, type_=Double()) for side in ("w", "s", "e", "n")))
    ),
    "text": WORDS.ilike(_text("text")),
}


def _values(filters: IncidentFilter) -> dict[str, Any]:
    """The conditions in use, with their values: the keys make the shape."""
    given = filters.model_dump(exclude=set(NOT_A_CONDITION), exclude_defaults=True)
    for name in ("area", "category"):
        if name in given:
            given[name] = escaped(given[name]) + "%"
    if "text" in given:
        given["text"] = f"%{escaped(given['text'])}%"
    if set(given.get("status", ())) and not workflow.ENDED & set(given["status"]):
        given["open"] = None
    if given.get("no_cell") is False:
        given["has_cell"] = given.pop("no_cell")
    if "bbox" in given:
        given |= corners(given["bbox"])
    return given


def _branches(actor: Actor, given: dict[str, Any]) -> frozenset[str]:
    scope = scope_of(actor)
    if scope.everywhere:
        return frozenset({"area"}) if "area" in given else frozenset()
    found = {"own", "cells"} | ({"no_cell"} if scope.no_cell else set())
    if actor.units:
        found.add("units")
    return frozenset(found | {"areas" if len(actor.areas) <= MANY_AREAS else "wide"})


def _ids(order: tuple[Any, ...], limit: Any, *conditions: Any) -> Any:
    chosen = select(Incident.id, Incident.reported_at).where(*conditions)
    return chosen.order_by(*order).limit(limit)


def _each(values: Any, column: Any, order: tuple[Any, ...], limit: Any, *rest: Any) -> Select[Any]:
    """For each value, the first rows of its own index; `values` is a one-column select."""
    value = values.subquery()
    rows = _ids(order, limit, column == value.c[0], *rest).lateral()
    return select(rows.c.id, rows.c.reported_at).select_from(value.join(rows, true()))


def _unnested(name: str, kind: Any) -> Select[Any]:
    return select(func.unnest(bindparam(name, type_=kind)).label("value"))


def _areas_of_prefix() -> Select[Any]:
    """Smallest areas that a code prefix can touch: those below it, or the one that it lies in."""
    prefix = func.rtrim(_text("area"), "%")
    below = Cell.area_code.like(_text("area"))
    return (
        select(Cell.area_code)
        .where(or_(below, func.starts_with(prefix, Cell.area_code)))
        .distinct()
    )


@lru_cache(maxsize=1024)
def _statement(shape: Shape) -> db.Compiled:
    limit = bindparam("limit", type_=Integer())
    columns = (Incident.reported_at, Incident.id)
    order = tuple(c.desc() if shape.newest_first else c.asc() for c in columns)
    rest = [CONDITIONS[name] for name in CONDITIONS if name in shape.names]
    if shape.continued:
        last = tuple_(
            bindparam("last_at", type_=DateTime(True)), bindparam("last_id", type_=Uuid())
        )
        rest.append(tuple_(*columns) < last if shape.newest_first else tuple_(*columns) > last)
    me = bindparam("actor_id", type_=Uuid())
    areas = func.any(bindparam("actor_areas", type_=TEXTS))
    ways: dict[str, Any] = {
        "area": lambda: _each(_areas_of_prefix(), Incident.area_code, order, limit, *rest),
        "areas": lambda: _each(
            _unnested("actor_areas", TEXTS), Incident.area_code, order, limit, *rest
        ),
        "wide": lambda: _ids(order, limit, Incident.area_code == areas, *rest),
        "cells": lambda: _each(
            _unnested("actor_cells", TEXTS), Incident.cell_code, order, limit, *rest
        ),
        "units": lambda: _each(
            _unnested("actor_units", IDS), Incident.unit_id, order, limit, *rest
        ),
        "own": lambda: _ids(order, limit, Incident.reporter_id == me, *rest),
        "no_cell": lambda: _ids(order, limit, Incident.cell_id.is_(None), *rest),
    }
    parts = [select(ways[name]().subquery()) for name in sorted(shape.branches)]
    found = union(*parts).subquery() if parts else _ids(order, limit, *rest).subquery()
    page_order = (found.c.reported_at, found.c.id)
    page = select(found).order_by(
        *(c.desc() if shape.newest_first else c.asc() for c in page_order)
    )
    page_rows = page.limit(limit).subquery()
    sorted_by = (page_rows.c.reported_at, page_rows.c.id)
    return db.compiled(
        select(page_rows.c.id, page_rows.c.reported_at, cast(OUT.c.body, Text).label("body"))
        .join(OUT, and_(OUT.c.id == page_rows.c.id))
        .order_by(*(c.desc() if shape.newest_first else c.asc() for c in sorted_by))
    )


async def page(actor: Actor, filters: IncidentFilter) -> bytes:
    """A page of cases as JSON (`IncidentPage`)."""
    given = _values(filters)
    last = pages.decode(filters.after, datetime, UUID)
    shape = Shape(
        frozenset(CONDITIONS.keys() & given.keys()),
        filters.sort.startswith("-"),
        last is not None,
        _branches(actor, given),
    )
    values = {**scope_values(actor), **given, "limit": filters.limit + 1}
    if last is not None:
        values |= {"last_at": last[0], "last_id": last[1]}
    rows = await _statement(shape).fetch(values, planned=bool(PLANNED & shape.names))
    following = None
    if len(rows) > filters.limit:
        rows = rows[: filters.limit]
        following = pages.encode(rows[-1]["reported_at"], rows[-1]["id"])
    return pages.as_json([row["body"] for row in rows], following)
