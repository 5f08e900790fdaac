"""Shared queues: how much waits at each desk, and the next case to whoever asks for one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.incidents import queries, rulebook, service
from app.incidents.clock_schemas import QueueOut
from app.incidents.models import Incident
from app.incidents.moves_in import Note
from app.incidents.states import DESKS, Status
from app.permissions import Permission
from app.problems import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Queue:
    """Cases that wait for whoever holds a permission."""

    name: str
    label: str
    permission: Permission

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The states in which cases wait here."""
        return tuple(status for status, desk in DESKS.items() if desk is self.permission)


_P = Permission
QUEUES = {
    queue.name: queue
    for queue in (
        Queue("accept", "待受理", _P.INCIDENT_ACCEPT),
        Queue("file", "待立案", _P.INCIDENT_FILE),
        Queue("dispatch", "待派遣", _P.INCIDENT_DISPATCH),
        Queue("check", "待核查", _P.INCIDENT_SEND_TO_CHECK),
        Queue("close", "待结案", _P.INCIDENT_CLOSE),
    )
}


async def counts(session: AsyncSession, actor: Actor) -> list[QueueOut]:
    """Every queue with what the actor sees of it; one statement over open cases."""
    now = datetime.now(UTC)
    held = await _held_since(now)
    seen = queries.visible_to(actor).where(Incident.status.in_(DESKS), Incident.ended_at.is_(None))
    cases: Any = seen.subquery()
    rows = await session.execute(
        select(
            cases.c.status,
            func.count().label("waiting"),
            func.count().filter(cases.c.claimed_at >= held).label("claimed"),
            func.count().filter(cases.c.due_at < now).label("overdue"),
            func.min(cases.c.due_at).label("next_due_at"),
        ).group_by(cases.c.status)
    )
    found = {row.status: row for row in rows}
    return [_counted(queue, found) for queue in QUEUES.values()]


def _counted(queue: Queue, found: dict[str, Any]) -> QueueOut:
    rows = [found[status] for status in queue.statuses if status in found]
    return QueueOut(
        queue=queue.name,
        label=queue.label,
        waiting=sum(row.waiting for row in rows),
        claimed=sum(row.claimed for row in rows),
        overdue=sum(row.overdue for row in rows),
        next_due_at=min((row.next_due_at for row in rows if row.next_due_at), default=None),
    )


async def claim_next(session: AsyncSession, actor: Actor, name: str) -> UUID | None:
    """The most urgent case that nobody has claimed, claimed; None when the queue is empty.

    Claims that are being made are passed over, so that each case is handed out once.
    """
    queue = QUEUES.get(name)
    if queue is None:
        raise NotFound(what=("队列", "queue"), value=name)
    if not actor.may(queue.permission):
        raise Forbidden(permission=queue.permission)
    held = await _held_since(datetime.now(UTC))
    free = [or_(Incident.claimed_at.is_(None), Incident.claimed_at < held)]
    if (await rulebook.current()).return_needs_another:
        free.append(or_(Incident.barred_id.is_(None), Incident.barred_id != actor.id))
    chosen = (
        queries.visible_to(actor)
        .with_only_columns(Incident.id)
        .where(
            Incident.status.in_(queue.statuses),
            Incident.ended_at.is_(None),
            *free,
        )
        .order_by(Incident.due_at.asc().nulls_last(), Incident.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: UUID | None = await session.scalar(chosen)
    if found is not None:
        await service.act(session, actor, found, "claim", Note())
    return found


async def _held_since(now: datetime) -> datetime:
    """Claims from before this moment have run out."""
    return now - timedelta(minutes=(await rulebook.current()).claim_minutes)
