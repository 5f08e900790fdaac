"""Lists of cases by keyset: the statement is built once per shape of filter and then only bound.

A filter's shape is the set of names that are used. Whoever sees a part of the city gets a walk for
each way of seeing (area, cell, unit, own), so that every one follows an index in order (walks.py).
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
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
    union,
)

from app import db, pages
from app.auth import Actor
from app.config import CodeScheme, settings
from app.filters import corners, escaped
from app.incidents import states, walks
from app.incidents.models import WORDS, Incident
from app.incidents.queries import OUT, scope_of, scope_values
from app.incidents.schemas import IncidentFilter
from app.incidents.walks import TEXTS
from app.spatial import box, in_box

MANY_AREAS = 64
DISTRICT_DIGITS = 6
MOST_ROWS = 201
PLANNED = frozenset({"bbox", "text"})
OPPOSITES = {"no_cell": "has_cell", "late": "in_time", "pending": "settled"}
"""What the denial of a filter asks for."""
OF_OPEN = frozenset({"timed", "red", "yellow", "green", "due_before", "pending", "claimed_by"})
"""Conditions that only open cases meet: their indexes are walked."""
NOT_A_CONDITION = frozenset({"sort", "limit", "after"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the statement."""

    names: frozenset[str]
    sort: str
    continued: bool
    ways: frozenset[str]


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
    "red": Incident.due_at < func.now(),
    "yellow": and_(Incident.yellow_at <= func.now(), Incident.due_at >= func.now()),
    "green": Incident.yellow_at > func.now(),
    "timed": Incident.due_at.is_not(None),
    "due_before": Incident.due_at < bindparam("due_before", type_=DateTime(True)),
    "pending": Incident.pending.is_not(None),
    "settled": Incident.pending.is_(None),
    "claimed_by": Incident.claimed_by == bindparam("claimed_by", type_=Uuid()),
    "handler": Incident.handler_id == bindparam("handler", type_=Uuid()),
    "late": Incident.overdue_at.is_not(None),
    "in_time": Incident.overdue_at.is_(None),
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
            given |= walks.area_values(given[name]) if name == "area" else {}
            given[name] = escaped(given[name]) + "%"
    if "text" in given:
        given["text"] = f"%{escaped(given['text'])}%"
    if "bbox" in given:
        given |= corners(given["bbox"])
    return _in_state(given, filters.sort)


def _in_state(given: dict[str, Any], sort: str) -> dict[str, Any]:
    """The conditions on where a case and its clock are."""
    if "light" in given:
        given[given.pop("light")] = None
    for name, opposite in OPPOSITES.items():
        if given.get(name) is False:
            given[opposite] = given.pop(name)
    if sort == "due_at":
        given["timed"] = None
    if OF_OPEN & given.keys():
        given.setdefault("status", sorted(states.OPEN))
    if set(given.get("status", ())) and not states.ENDED & set(given["status"]):
        given["open"] = None
    return given


def _ways(actor: Actor, given: dict[str, Any]) -> frozenset[str]:
    """Which walks make this list for this actor."""
    scope = scope_of(actor)
    if scope.everywhere:
        if "area" in given and _narrow(given["area"]):
            return frozenset({"area"})
        return frozenset({"statuses" if "open" in given else "all"})
    found = {"own", "cells", "parties"} | ({"no_cell"} if scope.no_cell else set())
    if actor.units:
        found.add("units")
    return frozenset(found | {"areas" if len(actor.areas) <= MANY_AREAS else "wide"})


def _narrow(pattern: str) -> bool:
    """Whether an area filter is worth a walk per area: below a district, or in free codes."""
    return settings().code_scheme is CodeScheme.FREE or len(pattern.rstrip("%")) > DISTRICT_DIGITS


@lru_cache(maxsize=1024)
def _statement(shape: Shape) -> db.Compiled:
    limit = bindparam("limit", type_=Integer())
    conditions = [CONDITIONS[name] for name in CONDITIONS if name in shape.names]
    at = Incident.due_at if shape.sort == "due_at" else Incident.reported_at
    if shape.continued:
        here = tuple_(at, Incident.id)
        last = tuple_(
            bindparam("last_at", type_=DateTime(True)), bindparam("last_id", type_=Uuid())
        )
        conditions.append(here < last if shape.sort.startswith("-") else here > last)
    walk = walks.Walk(at, shape.sort, limit, tuple(conditions), "open" in shape.names)
    parts = [select(part.subquery()) for part in walks.ways(walk, shape.ways)]
    found = (union(*parts) if len(parts) > 1 else parts[0]).subquery()
    first = walks.ordered(found.c.at, found.c.id, shape.sort)
    rows = select(found).order_by(*first).limit(limit).subquery()
    # The outer number tells the planner how few rows come; a parameter counts as a tenth of all.
    few = select(rows).limit(literal_column(str(MOST_ROWS))).subquery()
    return db.compiled(
        select(few.c.id, few.c.at, cast(OUT.c.body, Text).label("body"))
        .join(OUT, OUT.c.id == few.c.id)
        .order_by(*walks.ordered(few.c.at, few.c.id, shape.sort))
    )


async def page(actor: Actor, filters: IncidentFilter) -> bytes:
    """A page of cases as JSON (`IncidentPage`)."""
    given = _values(filters)
    last = pages.decode(filters.after, datetime, UUID)
    shape = Shape(
        frozenset(CONDITIONS.keys() & given.keys()),
        filters.sort,
        last is not None,
        _ways(actor, given),
    )
    values = {**scope_values(actor), **given, "limit": filters.limit + 1}
    if last is not None:
        values |= {"last_at": last[0], "last_id": last[1]}
    rows = await _statement(shape).fetch(values, planned=bool(PLANNED & shape.names))
    following = None
    if len(rows) > filters.limit:
        rows = rows[: filters.limit]
        following = pages.encode(rows[-1]["at"], rows[-1]["id"])
    return pages.as_json([row["body"] for row in rows], following)
