"""Reads of cases: what an actor may see, one case, lists, what lies near, facts."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    MetaData,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.incidents.models import Incident
from app.incidents.walks import IDS, NOBODY, TEXTS
from app.permissions import Permission
from app.problems import NotFound

OUT = Table(
    "incident_out",
    MetaData(),
    *(Column(column.name, column.type) for column in Incident.__table__.columns),
    Column("body", JSON),
)
"""The view that adds names to a case and its JSON form."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The shape of what somebody may see; the values travel as parameters."""

    everywhere: bool
    no_cell: bool


def scope_of(actor: Actor) -> Scope:
    """How wide an actor sees."""
    return Scope(actor.everywhere, actor.may(Permission.INCIDENT_PLACE))


def scope_values(actor: Actor) -> dict[str, Any]:
    """The parameters that `visible` refers to."""
    return {
        "actor_id": actor.id,
        "actor_areas": sorted(actor.areas | actor.places),
        "actor_cells": sorted(actor.places),
        "actor_units": sorted(actor.units),
        "actor_parties": sorted({*actor.units, actor.id}),
    }


def visible(scope: Scope, rows: Any = Incident) -> ColumnElement[bool]:
    """The one condition for what an actor sees: place, unit, own reports, a part in the case.

    Cases without a cell are for those who can place them.
    """
    return true() if scope.everywhere else or_(*ways_of_seeing(scope, rows))


def sight_of(actor: Actor) -> Hashable:
    """What decides which cases somebody sees: equal for two who see the same."""
    if actor.everywhere:
        return None
    return actor.id, actor.areas, actor.places, actor.units, scope_of(actor)


def ways_of_seeing(scope: Scope, rows: Any = Incident) -> list[ColumnElement[bool]]:
    """What each by itself makes a case visible to somebody with a part of the city."""
    return [
        rows.area_code == func.any(bindparam("actor_areas", type_=TEXTS)),
        rows.cell_code == func.any(bindparam("actor_cells", type_=TEXTS)),
        rows.unit_id == func.any(bindparam("actor_units", type_=IDS)),
        rows.reporter_id == bindparam("actor_id", type_=Uuid()),
        and_(rows.parties != NOBODY, rows.parties.overlap(bindparam("actor_parties", type_=IDS))),
        *([rows.cell_id.is_(None)] if scope.no_cell else []),
    ]


def visible_to(actor: Actor) -> Select[Incident]:
    """Where every read of cases through the session starts."""
    return select(Incident).where(visible(scope_of(actor))).params(scope_values(actor))


async def get(session: AsyncSession, actor: Actor, incident_id: UUID) -> Incident:
    """The case as it stands; NotFound when absent or invisible."""
    return _there(
        await session.scalar(visible_to(actor).where(Incident.id == incident_id)), incident_id
    )


async def get_for_update(session: AsyncSession, actor: Actor, incident_id: UUID) -> Incident:
    """The case, locked until the transaction ends; NotFound when absent or invisible."""
    return _there(await find_for_update(session, actor, incident_id), incident_id)


async def find_for_update(
    session: AsyncSession, actor: Actor, incident_id: UUID
) -> Incident | None:
    """The case, locked until the transaction ends; None when absent or invisible."""
    chosen = visible_to(actor).where(Incident.id == incident_id).with_for_update()
    return await session.scalar(chosen.execution_options(populate_existing=True))


async def lock_both(
    session: AsyncSession, incident_id: UUID, other: UUID | None
) -> Sequence[Incident]:
    """Lock a case and another one, or the one it is merged into, in the order of their ids.

    So two moves on the same pair, one from each side, wait for each other and never deadlock.
    """
    main = select(Incident.merged_into).where(Incident.id == incident_id)
    pair = (incident_id, other or main.scalar_subquery())
    chosen = select(Incident).where(Incident.id.in_(pair)).order_by(Incident.id)
    return (await session.scalars(chosen.with_for_update())).all()


def _there(found: Incident | None, incident_id: UUID) -> Incident:
    if found is None:
        raise absent(incident_id)
    return found


def absent(incident_id: UUID) -> NotFound:
    """Absent or invisible: the answer does not tell which."""
    return NotFound(what=("案件", "incident"), value=str(incident_id))


@lru_cache
def _one(scope: Scope) -> db.Compiled:
    wanted = OUT.c.id == bindparam("id", type_=Uuid())
    return db.compiled(
        select(OUT.c.version, cast(OUT.c.body, Text).label("body")).where(
            wanted, visible(scope, OUT.c)
        )
    )


async def body(actor: Actor, incident_id: UUID) -> tuple[int, str]:
    """The version and the JSON of a case that the actor may see."""
    found = await _one(scope_of(actor)).fetch({**scope_values(actor), "id": incident_id})
    if not found:
        raise absent(incident_id)
    return found[0]["version"], found[0]["body"]


async def body_within(session: AsyncSession, incident_id: UUID) -> str:
    """The JSON of a case as the running transaction sees it."""
    text = cast(OUT.c.body, Text)
    found: str = (await session.scalars(select(text).where(OUT.c.id == incident_id))).one()
    return found
