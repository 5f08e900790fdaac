"""The watcher: lights, overdue facts, the ladder, unanswered orders, suspensions that end.

Every pass takes what is due by a partial index and locks it, so that several workers share the
work. What a stopped worker has missed is caught up with, each thing once: lights and resuming at
their own moments, steps of the ladder at that of the look.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import ARRAY, Select, Uuid, all_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.config import settings
from app.incidents import clocks, desk, rulebook, service, steps
from app.incidents.branches import Order, StageClock
from app.incidents.case import Case, open_case
from app.incidents.models import Incident
from app.incidents.moves_in import Supervise
from app.incidents.rules import Rung
from app.incidents.states import OPEN, Stage
from app.jobs import again
from app.people.system import system_account, system_actor

log = structlog.get_logger("watch")
INTERVAL_SECONDS = 1.0
AT_ONCE = 500
ESCALATE = "escalate"


HELD = 0x7767_6461
"""The key of an advisory lock: whoever holds it has the city's clocks for himself."""


@asynccontextmanager
async def holding() -> AsyncIterator[None]:
    """Let no worker watch for a while: a simulated day lives in another time than they do."""
    connection = await asyncpg.connect(settings().database_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", HELD)
        yield
    finally:
        await connection.close()


async def watch(stop: asyncio.Event) -> None:
    """Look once a second until told to stop."""
    await again(stop, "watch", INTERVAL_SECONDS, _watch)


async def _watch() -> bool:
    async with db.transaction() as session:
        free = await session.scalar(select(func.pg_try_advisory_xact_lock_shared(HELD)))
        done = await look(datetime.now(UTC)) if free else {}
    if done:
        log.info("watched", **done)
    return False


async def look(at: datetime) -> dict[str, int]:
    """Do all that is due at a moment; tells how much of each kind there was."""
    counts = {
        "resumed": await _each(at, _suspended(at), _resume),
        "turned": await turn(at),
        "climbed": await _each(at, _on_the_ladder(at), _climb),
        "raised": await _each(at, _unanswered(at), _raise_order),
    }
    return {name: count for name, count in counts.items() if count}


async def turn(at: datetime) -> int:
    """Yellow and overdue, by one statement for many clocks."""
    rules = await rulebook.current()
    first = rules.ladder[0].after_hours if rules.ladder else None
    async with db.transaction() as session:
        system = (await system_account(session)).id
    told = 0
    while True:
        (row,) = await db.hot(db.statement("incidents/turn.sql"), at, AT_ONCE, system, first)
        told += int(row["warned"]) + int(row["overdue"])
        if row["looked"] < AT_ONCE:
            return told


def _suspended(at: datetime) -> Select[UUID]:
    due = select(Incident.id).where(Incident.suspended_until < at)
    return due.order_by(Incident.suspended_until)


def _on_the_ladder(at: datetime) -> Select[UUID]:
    due = select(StageClock.incident_id).where(
        StageClock.watch_at < at, StageClock.step >= clocks.DONE
    )
    return due.order_by(StageClock.watch_at)


def _unanswered(at: datetime) -> Select[UUID]:
    due = select(Order.incident_id).where(
        Order.due_at < at, Order.replied_at.is_(None), ~Order.raised
    )
    return due.order_by(Order.due_at)


Work = Callable[[AsyncSession, Incident, datetime], Awaitable[bool]]


async def _each(at: datetime, due: Select[UUID], work: Work) -> int:
    """Each case in a transaction of its own; one that somebody holds comes in the next pass.

    A case that cannot be worked on is told of in the log and keeps no other one waiting: where
    some fail, those behind them have their turn in the same pass.
    """
    done, seen = 0, set[UUID]()
    while True:
        beyond = due.where(due.selected_columns[0] != all_(literal(sorted(seen), ARRAY(Uuid()))))
        async with db.transaction() as session:
            ids = (await session.scalars(beyond.limit(AT_ONCE))).all()
        worked = [await _one(incident_id, at, work) for incident_id in dict.fromkeys(ids)]
        done += sum(found or 0 for found in worked)
        if len(ids) < AT_ONCE or None not in worked:
            return done
        seen.update(ids)


async def _one(incident_id: UUID, at: datetime, work: Work) -> bool | None:
    """Whether there was anything to do; None if it failed."""
    try:
        async with db.transaction() as session:
            incident = await session.get(
                Incident, incident_id, with_for_update={"skip_locked": True}
            )
            return incident is not None and await work(session, incident, at)
    except Exception:
        log.exception("not watched", incident=str(incident_id))
        return None


async def _resume(session: AsyncSession, incident: Incident, at: datetime) -> bool:
    return await service.resume_in_time(session, incident, at)


async def _climb(session: AsyncSession, incident: Incident, at: datetime) -> bool:
    """One step up the ladder of an overdue clock."""
    case = await open_case(session, await system_actor(session), incident, at, system=True)
    await case.know({"clocks"})
    row = clocks.running(case)
    if row is None or row.step < clocks.DONE or row.watch_at is None or row.watch_at >= at:
        return False
    if row.step - clocks.DONE >= len(case.rules.ladder):
        row.watch_at = None
        return False
    rung = case.rules.ladder[row.step - clocks.DONE].to
    if rung is not Rung.SUPERVISOR and row.stage != Stage.HANDLE:
        rung = Rung.SUPERVISOR
    data = {"to": rung, "stage": row.stage, "run": row.run, "due_at": steps.plain(row.due_at)}
    clocks.climbed(case, row)
    await _escalate(case, rung, data)
    return True


async def _raise_order(session: AsyncSession, incident: Incident, at: datetime) -> bool:
    """An order that nobody answered goes a level up, with less time; the last level stays."""
    chosen = select(Order).where(
        Order.incident_id == incident.id,
        Order.due_at < at,
        Order.replied_at.is_(None),
        ~Order.raised,
    )
    unanswered = (await session.scalars(chosen.order_by(Order.level.desc()))).all()
    for order in unanswered:
        order.raised = True
    case = await open_case(session, await system_actor(session), incident, at, system=True)
    if not unanswered or case.status not in OPEN:
        return False
    await clocks.catch_up(case)
    level = unanswered[0].level + 1
    if level > len(case.rules.order_hours):
        return False
    data = {"to": Rung.ORDER, "unanswered": unanswered[0].number}
    await _escalate(case, Rung.ORDER, data, level, unanswered[0].requirement)
    return True


REQUIREMENT = "案件处置超时，请立即办理并说明原因"


async def _escalate(
    case: Case, rung: Rung, data: Mapping[str, str | None], level: int = 1, says: str = REQUIREMENT
) -> None:
    before = steps.snapshot(case.incident)
    told: dict[str, object] = dict(data)
    if rung is Rung.ORDER:
        order = await desk.issue_order(case, level, Supervise(requirement=says))
        told |= {"order": str(order.id), "number": order.number, "level": level}
    case.session.add(
        steps.write(
            case.incident, before, ESCALATE, by=case.actor.id, at=case.at, data=told, moved=False
        )
    )
    await case.session.flush()
