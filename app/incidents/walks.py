"""Ways to walk the index on cases that gives a page in order: one per way of seeing.

Each way ends after a page. `by_status` walks every wanted status by itself, which the indexes on
open cases are made for; with several statuses in one condition they would lose their order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
)

from app.grids.models import Area, Cell
from app.incidents.models import Incident

TEXTS, IDS = ARRAY(Text()), ARRAY(Uuid())
NOBODY: ColumnElement[list[UUID]] = literal_column("'{}'::uuid[]")
"""Written into the statement, as the index on parties has it."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What orders a page and which way, its length, and what every row on it must satisfy.

    `visible` is for the ways that are not by themselves a way of seeing.
    """

    at: Any
    sort: str
    limit: Any
    conditions: tuple[ColumnElement[bool], ...]
    by_status: bool
    visible: ColumnElement[bool]

    def over(self, *conditions: Any) -> Select[Any]:
        """The first rows that satisfy these conditions too."""
        found = self._matching(*conditions)
        return found.order_by(*ordered(self.at, Incident.id, self.sort)).limit(self.limit)

    def among(self, *conditions: Any) -> Select[Any]:
        """The same for few rows, which are found first: no index in order is walked for them.

        OFFSET keeps the planner from walking all cases, newest first, until a page is full.
        """
        few = self._matching(*conditions).offset(literal_column("0")).subquery()
        found = select(few.c.id, few.c.at)
        return found.order_by(*ordered(few.c.at, few.c.id, self.sort)).limit(self.limit)

    def each(self, values: Select[Any] | None, column: Any) -> Select[Any]:
        """For each value (and each wanted status) the first rows of its own index."""
        found: list[ColumnElement[bool]] = []
        source: Any = None
        if values is not None:
            source = values.subquery()
            found.append(column == source.c[0])
        if self.by_status:
            wanted = unnested("status", TEXTS).subquery()
            source = wanted if source is None else source.join(wanted, true())
            found.append(Incident.status == wanted.c[0])
        rows = self.over(*found).lateral()
        return select(rows.c.id, rows.c.at).select_from(source.join(rows, true()))

    def _matching(self, *conditions: Any) -> Select[Any]:
        chosen: Select[Any] = select(Incident.id, self.at.label("at"))
        return chosen.where(*conditions, *self.conditions)


def ordered(at: Any, id_: Any, sort: str) -> tuple[Any, ...]:
    """The keys of a page's order; a sort that begins with a minus puts the newest first."""
    return tuple(key.desc() if sort.startswith("-") else key.asc() for key in (at, id_))


def unnested(name: str, kind: Any) -> Select[Any]:
    """The values of an array parameter as rows."""
    return select(func.unnest(bindparam(name, type_=kind)).label("value"))


def _below(code: Any) -> ColumnElement[bool]:
    """Codes that begin with the area filter, or that it begins with; an index answers both."""
    since = code.op("~>=~", is_comparison=True)(bindparam("area_from", type_=Text()))
    until = code.op("~<~", is_comparison=True)(bindparam("area_to", type_=Text()))
    above = code == func.any(bindparam("area_above", type_=TEXTS))
    return or_(and_(since, until), above)


def areas_of_filter() -> Select[Any]:
    """Areas that may hold such cases: by code, and cells that stand without parents."""
    alone = select(Cell.area_code).where(Cell.parent_code.is_(None), _below(Cell.area_code))
    both = union(select(Area.code).where(_below(Area.code)), alone).subquery()
    return select(both.c.code)


def area_values(prefix: str) -> Mapping[str, Any]:
    """The parameters that an area filter binds besides its pattern."""
    above = [prefix[:length] for length in range(1, len(prefix) + 1)]
    return {"area_from": prefix, "area_to": prefix + chr(0x10FFFF), "area_above": above}


def ways(walk: Walk, names: frozenset[str]) -> list[Select[Any]]:
    """The walks by name, to be put together by UNION."""
    me = bindparam("actor_id", type_=Uuid())
    areas = func.any(bindparam("actor_areas", type_=TEXTS))
    known: Mapping[str, Any] = {
        "area": lambda: walk.each(areas_of_filter(), Incident.area_code),
        "areas": lambda: walk.each(unnested("actor_areas", TEXTS), Incident.area_code),
        "wide": lambda: walk.over(Incident.area_code == areas),
        "cells": lambda: walk.each(unnested("actor_cells", TEXTS), Incident.cell_code),
        "units": lambda: walk.each(unnested("actor_units", IDS), Incident.unit_id),
        "own": lambda: walk.over(Incident.reporter_id == me),
        "parties": lambda: walk.among(
            Incident.parties != NOBODY,
            Incident.parties.overlap(bindparam("actor_parties", type_=IDS)),
        ),
        "no_cell": lambda: walk.over(Incident.cell_id.is_(None)),
        "statuses": lambda: walk.each(None, None),
        "all": lambda: walk.over(),
        "few": lambda: walk.among(walk.visible),
        "period": lambda: walk.over(walk.visible),
    }
    return [known[name]() for name in sorted(names)]
