"""Shared queues: how much waits in each of them, and the next case to whoever asks for one."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from asyncpg import Record
from sqlalchemy import Select, func, literal_column, or_, select, union, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.incidents import queries, rulebook, service, waiting
from app.incidents.clock_schemas import QueueOut
from app.incidents.models import Incident
from app.incidents.moves_in import Note
from app.incidents.queries import (
    Scope,
    scope_of,
    scope_values,
    sight_of,
    visible,
    ways_of_seeing,
)
from app.incidents.rules import Rules
from app.incidents.waiting import QUEUES, Group, Queue, QueueName
from app.problems import Forbidden, NotFound
from app.remembered import Shared

PERSONAL = frozenset(
    queue.name for queue in QUEUES.values() if queue.group in (Group.MINE, Group.REQUEST)
)
"""Queues that differ for two people who see the same cases; small indexes hold them."""
_COUNTED: Shared[list[Record]] = Shared()


async def counts(actor: Actor) -> list[QueueOut]:
    """Every queue with what the actor sees of it.

    Whoever sees the whole city shares one count over the open cases with all others who do.
    """
    rules = await rulebook.current()
    found = await _COUNTED.get(sight_of(actor), lambda: _count(actor, rules, personal=False))
    rows = {row["queue"]: row for row in (*found, *await _count(actor, rules, personal=True))}
    return [_out(queue, rows[queue.name], actor, rules) for queue in QUEUES.values()]


async def _count(actor: Actor, rules: Rules, *, personal: bool) -> list[Record]:
    asked = {**scope_values(actor), **waiting.values(actor, rules)}
    statement = _statement(scope_of(actor), personal)
    return await statement.fetch(asked, planned=not actor.everywhere)


@lru_cache
def _statement(scope: Scope, personal: bool) -> db.Compiled:
    """One row for each queue, read from the index that is made for it."""
    seen: Any = Incident if scope.everywhere else _seen(scope)
    chosen = [queue for queue in QUEUES.values() if (queue.name in PERSONAL) is personal]
    parts = [
        _counted(queue, Incident).where(visible(scope)) if queue.few else _counted(queue, seen)
        for queue in chosen
    ]
    return db.compiled(union_all(*parts))


def _seen(scope: Scope) -> Any:
    """What somebody with a part of the city sees of the open cases, found once: way by way."""
    columns = (Incident.id, Incident.status, Incident.ended_at, Incident.due_at)
    shown = select(*columns, Incident.claimed_at).where(Incident.ended_at.is_(None))
    return union(*(shown.where(way) for way in ways_of_seeing(scope))).cte("seen").c


def _counted(queue: Queue, rows: Any) -> Select[Any]:
    return select(
        literal_column(f"'{queue.name}'").label("queue"),
        func.count().label("waiting"),
        func.count().filter(waiting.claimed(rows)).label("claimed"),
        func.count().filter(waiting.overdue(rows)).label("overdue"),
        func.min(rows.due_at).label("next_due_at"),
    ).where(queue.condition(rows))


def _out(queue: Queue, row: Record, actor: Actor, rules: Rules) -> QueueOut:
    return QueueOut(
        queue=queue.name,
        label=queue.label,
        kind="desk" if queue.claimable else "watch",
        group=queue.group,
        permission=queue.permission,
        yours=queue.yours(actor, rules),
        waiting=row["waiting"],
        claimed=row["claimed"],
        overdue=row["overdue"],
        next_due_at=row["next_due_at"],
    )


async def claim_next(session: AsyncSession, actor: Actor, name: str) -> UUID | None:
    """The most urgent case that nobody has claimed, claimed; None when the queue is empty.

    Claims that are being made are passed over, so that each case is handed out once.
    """
    queue = _desk(name)
    if not actor.may(queue.permission):
        raise Forbidden(permission=queue.permission)
    rules = await rulebook.current()
    held: datetime = waiting.held_since(rules)
    free = [or_(Incident.claimed_at.is_(None), Incident.claimed_at < held)]
    if rules.return_needs_another:
        free.append(or_(Incident.barred_id.is_(None), Incident.barred_id != actor.id))
    chosen = (
        queries.visible_to(actor)
        .with_only_columns(Incident.id)
        .where(queue.condition(Incident), *free)
        .order_by(Incident.due_at.asc().nulls_last(), Incident.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: UUID | None = await session.scalar(chosen)
    if found is not None:
        await service.act(session, actor, found, "claim", Note())
    return found


def _desk(name: str) -> Queue:
    """The queue that cases are claimed from."""
    queue = QUEUES.get(QueueName(name)) if name in set(QueueName) else None
    if queue is None or not queue.claimable:
        raise NotFound(what=("队列", "queue"), value=name)
    return queue
