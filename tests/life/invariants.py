"""What holds of a case after every step, whatever has happened to it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents import clocks, fold, steps
from app.incidents.branches import Application, StageClock, Task
from app.incidents.models import Fact, Incident
from app.incidents.states import ENDED, STAGES, WITH_UNIT, Status
from app.incidents.workflow import MOVES
from app.worktime.calendar import Calendar

Used = dict[tuple[UUID, int], float]
"""Seconds that each run of a clock had used when somebody looked last."""


async def hold(
    session: AsyncSession, incident_id: UUID, at: datetime, calendar: Calendar, used: Used
) -> None:
    """Everything below, of one case."""
    incident = await session.get_one(Incident, incident_id, populate_existing=True)
    await _facts_tell_the_case(session, incident)
    chosen = select(StageClock).where(StageClock.incident_id == incident_id)
    rows = (await session.scalars(chosen.execution_options(populate_existing=True))).all()
    _clocks_follow(incident, rows)
    for row in rows:
        now = clocks.of(row).used(calendar, at).total_seconds()
        assert now >= used.get((row.incident_id, row.run), 0), (row.stage, row.run)
        used[row.incident_id, row.run] = now
    await _branches_follow(session, incident)
    _somebody_can_act(incident)


async def _facts_tell_the_case(session: AsyncSession, incident: Incident) -> None:
    chosen = select(Fact).where(Fact.incident_id == incident.id).order_by(Fact.version)
    told = [
        fold.Told(fact.version, fact.kind, fact.status, fact.at, fact.data, fact.changes)
        for fact in await session.scalars(chosen)
    ]
    assert fold.illegal(told) == []
    row = {"version": incident.version, **steps.snapshot(incident)}
    assert fold.differences(row, fold.fold(told)) == {}
    assert incident.version == len(told)
    assert (incident.moved_version or 0) <= incident.version
    assert incident.updated_at == told[-1].at


def _clocks_follow(incident: Incident, rows: Sequence[StageClock]) -> None:
    """One clock runs where the state has a stage, and shows on the case; none in an ended one."""
    status = Status(incident.status)
    running = [row for row in rows if clocks.of(row).running and row.stopped_at is None]
    assert [row.stage for row in running] == ([STAGES[status]] if status in STAGES else [])
    assert incident.stage == STAGES.get(status)
    shown = (running[0].yellow_at, running[0].due_at) if running else (None, None)
    assert (incident.yellow_at, incident.due_at) == shown
    for row in rows:
        assert (row.due_at is not None) is (row in running)
        assert row.watch_at is None or row in running
        assert clocks.of(row).stopped is (row.stopped_at is not None)
        assert status not in ENDED or row.stopped_at is not None
    late = [row.overdue_at for row in rows if row.stage == "handle" and row.overdue_at]
    assert incident.overdue_at == min(late, default=None)


async def _branches_follow(session: AsyncSession, incident: Incident) -> None:
    status = Status(incident.status)
    tasks = select(Task.kind).where(Task.incident_id == incident.id, Task.ended_at.is_(None))
    wanted = {Status.VERIFYING: ["verify"], Status.CHECKING: ["check"]}
    assert list(await session.scalars(tasks)) == wanted.get(status, [])
    requests = select(Application.kind).where(
        Application.incident_id == incident.id, Application.decided_at.is_(None)
    )
    assert list(await session.scalars(requests)) == ([incident.pending] if incident.pending else [])


def _somebody_can_act(incident: Incident) -> None:
    """What a state says of the columns beside it."""
    status = Status(incident.status)
    assert (incident.ended_at is not None) is (status in ENDED)
    assert (incident.suspended_until is not None) is (status is Status.SUSPENDED)
    assert (incident.merged_into is not None) is (status is Status.MERGED)
    assert incident.claimed_by is None or status in MOVES["claim"].steps
    if status in WITH_UNIT:
        assert incident.unit_id is not None or incident.handler_id is not None
        assert not incident.self_handled
    if incident.self_handled:
        assert incident.handler_id == incident.reporter_id
