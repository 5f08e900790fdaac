"""A changed calendar moves the deadlines of open cases: one fact for each case that it moves."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy import literal_column, select

from app import db
from app.calendars import queries as calendars
from app.incidents import clocks, steps
from app.incidents.branches import StageClock
from app.incidents.case import Case, open_case
from app.incidents.models import Incident
from app.jobs import job
from app.people.system import system_actor

log = structlog.get_logger("recalculate")
AT_ONCE = 50


@job("incidents.recalculate")
async def recalculate(calendar_version: int) -> None:
    """Recompute all open clocks on work time that an older calendar has timed.

    Some dozens of cases make a transaction, so that nobody waits long for one of them. Run twice
    it changes nothing more, and of several changes in a row the first run does the work of all.
    """
    moved = 0
    while ids := await _behind():
        moved += await _some(ids)
        log.info("recalculated", asked_for=calendar_version, moved=moved)


async def _behind() -> Sequence[UUID]:
    """Cases with an open clock whose calendar is not the one in force."""
    async with db.transaction() as session:
        calendar = await calendars.current_within(session)
        chosen = select(StageClock.incident_id).where(
            StageClock.stopped_at.is_(None),
            StageClock.pace == literal_column("'work'"),
            StageClock.calendar_version < calendar.version,
        )
        return (await session.scalars(chosen.order_by(*ORDER).limit(AT_ONCE))).all()


ORDER = (StageClock.calendar_version, StageClock.incident_id)


async def _some(ids: Sequence[UUID]) -> int:
    async with db.transaction() as session:
        actor, calendar = await system_actor(session), await calendars.current_within(session)
        chosen = select(Incident).where(Incident.id.in_(ids)).order_by(Incident.id)
        moved = 0
        for incident in (await session.scalars(chosen.with_for_update())).all():
            case = await open_case(session, actor, incident, datetime.now(UTC), system=True)
            case.calendar = calendar
            moved += await _one(case)
        return moved


async def _one(case: Case) -> bool:
    """Whether the deadline of a case has moved."""
    await clocks.catch_up(case)
    incident = case.incident
    before, moments = steps.snapshot(incident), (incident.due_at, incident.yellow_at)
    for row in case.clocks:
        if row.stopped_at is None:
            clocks.keep_clock(case, row, clocks.of(row))
    clocks.project(case)
    await case.session.flush()
    if (incident.due_at, incident.yellow_at) == moments:
        return False
    data = {
        "stage": incident.stage,
        "calendar": case.calendar.version,
        "due_before": steps.plain(moments[0]),
        "due_at": steps.plain(incident.due_at),
    }
    by, at = case.actor.id, case.at
    case.session.add(
        steps.write(incident, before, "recalculate", by=by, at=at, data=data, moved=False)
    )
    await case.session.flush()
    return True
