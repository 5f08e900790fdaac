"""Lists of cases by keyset: the statement is built once per shape of filter and then only bound.

A filter's shape is the set of names that are used. Whoever sees a part of the city gets a walk for
each way of seeing (area, cell, unit, own), so that every one follows an index in order (walks.py).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from asyncpg import Record
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
    or_,
    select,
    true,
    tuple_,
    union,
)

from app import db, pages
from app.auth import Actor
from app.config import CodeScheme, settings
from app.filters import corners, escaped
from app.incidents import rulebook, states, stepped, waiting, walks
from app.incidents.filter_schemas import IncidentFilter, IncidentShown, Sort
from app.incidents.models import WORDS, Incident
from app.incidents.queries import OUT, Scope, scope_of, scope_values, visible
from app.incidents.waiting import QUEUES
from app.incidents.walks import TEXTS
from app.spatial import box, in_box

MANY_AREAS = 64
DISTRICT_DIGITS = 6
MOST_ROWS = 201
ALL = frozenset(states.Status)
PERIODS = frozenset({"closed_from", "closed_to", "overdue_from", "overdue_to", "step"})
"""Conditions that may hold for few or for most: the planner, who knows the values, decides."""
PLANNED = frozenset({"bbox", "text"}) | PERIODS
OPPOSITES = {
    "no_cell": "has_cell",
    "late": "in_time",
    "counted_late": "counted_in_time",
    "pending": "settled",
    "claimed": "unclaimed",
    "supervised": "unsupervised",
}
"""What the denial of a filter asks for."""
OF_CLOCK = frozenset({"timed", "red", "yellow", "green", "due_before"})
OF_OPEN = OF_CLOCK | {"pending", "claimed", "claimed_by", "supervised"}
"""Conditions that only open cases meet: their indexes are walked."""
FEW = frozenset(
    {"claimed", "supervised", *(f"queue_{queue.name}" for queue in QUEUES.values() if queue.few)}
)
"""Conditions that an index holds all cases of: those are found first, then put in order."""
NOT_A_CONDITION = frozenset({"sort", "limit", "after"})
EVER = {"step_from": datetime(1900, 1, 1, tzinfo=UTC), "step_to": datetime(9000, 1, 1, tzinfo=UTC)}


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the statement."""

    names: frozenset[str]
    sort: Sort
    continued: bool
    ways: frozenset[str]
    scope: Scope


def _text(name: str) -> Any:
    return bindparam(name, type_=Text())


def _like(column: Any, name: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.like(_text(name))
    return found


def _when(name: str) -> Any:
    return bindparam(name, type_=DateTime(True))


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
    "no_cell": waiting.nowhere(Incident),
    "has_cell": Incident.cell_id.is_not(None),
    "red": waiting.overdue(Incident),
    "yellow": and_(Incident.yellow_at <= func.now(), Incident.due_at >= func.now()),
    "green": Incident.yellow_at > func.now(),
    "timed": Incident.due_at.is_not(None),
    "due_before": Incident.due_at < _when("due_before"),
    "pending": Incident.pending.is_not(None),
    "settled": Incident.pending.is_(None),
    "claimed": and_(Incident.claimed_by.is_not(None), waiting.claimed(Incident)),
    "unclaimed": func.coalesce(Incident.claimed_at < waiting.HELD, true()),
    "claimed_by": Incident.claimed_by == bindparam("claimed_by", type_=Uuid()),
    "handler": Incident.handler_id == bindparam("handler", type_=Uuid()),
    "supervised": waiting.supervised(Incident),
    "unsupervised": or_(Incident.ended_at.is_not(None), ~waiting.supervised(Incident)),
    "late": Incident.overdue_at.is_not(None),
    "in_time": Incident.overdue_at.is_(None),
    "counted_late": and_(Incident.overdue_at.is_not(None), ~Incident.exempt),
    "counted_in_time": or_(Incident.overdue_at.is_(None), Incident.exempt),
    "overdue_from": Incident.overdue_at >= _when("overdue_from"),
    "overdue_to": Incident.overdue_at < _when("overdue_to"),
    "reported_from": Incident.reported_at >= _when("reported_from"),
    "reported_to": Incident.reported_at < _when("reported_to"),
    "closed_from": Incident.ended_at >= _when("closed_from"),
    "closed_to": and_(
        Incident.ended_at < _when("closed_to"), Incident.reported_at < _when("closed_to")
    ),
    "step": stepped.happened(),
    "step_unit": stepped.with_unit(),
    "bbox": in_box(
        Incident.place, box(*(bindparam(side, type_=Double()) for side in ("w", "s", "e", "n")))
    ),
    "text": WORDS.ilike(_text("text")),
    **{f"queue_{queue.name}": queue.test(Incident) for queue in QUEUES.values() if queue.test},
}
"""A step, like an end, is never earlier than the report: so a walk can begin there."""


def _values(which: IncidentShown) -> dict[str, Any]:
    """The conditions in use, with their values: the keys make the shape."""
    given = which.model_dump(exclude=set(NOT_A_CONDITION), exclude_defaults=True)
    for name in ("area", "category"):
        if name in given:
            given |= walks.area_values(given[name]) if name == "area" else {}
            given[name] = escaped(given[name]) + "%"
    if "text" in given:
        given["text"] = f"%{escaped(given['text'])}%"
    if "bbox" in given:
        given |= corners(given["bbox"])
    if "step" in given:
        given = EVER | given
    return _in_state(given, which.sort)


def _in_state(given: dict[str, Any], sort: Sort) -> dict[str, Any]:
    """The conditions on where a case and its clock are."""
    if "light" in given:
        given[given.pop("light")] = None
    for name, opposite in OPPOSITES.items():
        if given.get(name) is False:
            given[opposite] = given.pop(name)
    if sort == "due_at":
        given["timed"] = None
    wanted = _statuses(given)
    if wanted != ALL:
        given["status"] = sorted(wanted)
    if not wanted & states.ENDED:
        given["open"] = None
    return given


def _statuses(given: dict[str, Any]) -> frozenset[states.Status]:
    """Where a case that meets all conditions may be; its queue becomes a condition."""
    wanted = frozenset(given.get("status", ALL))
    if "queue" in given:
        queue = QUEUES[given.pop("queue")]
        given[f"queue_{queue.name}"] = None
        wanted &= queue.statuses
    return wanted & states.OPEN if OF_OPEN & given.keys() else wanted


def _ways(actor: Actor, given: dict[str, Any]) -> frozenset[str]:
    """Which walks make this list for this actor."""
    scope = scope_of(actor)
    if FEW & given.keys():
        return frozenset({"few"})
    if PERIODS & given.keys():
        return frozenset({"period"})
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
    walk = walks.Walk(
        at, shape.sort, limit, tuple(conditions), "open" in shape.names, visible(shape.scope)
    )
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
    rows, following = await rows_of(actor, filters)
    return pages.as_json([row["body"] for row in rows], following)


async def rows_of(actor: Actor, filters: IncidentFilter) -> tuple[list[Record], str | None]:
    """The rows of a page (`id`, `at`, `body`), and the cursor of the next one."""
    shape, values = await asked(actor, filters, filters.after)
    found = _statement(shape)
    rows = await found.fetch(
        {**values, "limit": filters.limit + 1}, planned=bool(PLANNED & shape.names)
    )
    if len(rows) <= filters.limit:
        return rows, None
    rows = rows[: filters.limit]
    return rows, pages.encode(rows[-1]["at"], rows[-1]["id"])


async def asked(
    actor: Actor, which: IncidentShown, after: str | None
) -> tuple[Shape, dict[str, Any]]:
    """The shape of a list and the values of its parameters."""
    given = _values(which)
    last = pages.decode(after, datetime, UUID)
    shape = Shape(
        frozenset(CONDITIONS.keys() & given.keys()),
        which.sort,
        last is not None,
        _ways(actor, given),
        scope_of(actor),
    )
    values = {
        **scope_values(actor),
        **waiting.values(actor, await rulebook.current()),
        **given,
    }
    if last is not None:
        values |= {"last_at": last[0], "last_id": last[1]}
    return shape, values
