"""A case's clocks, so that a person can check every deadline with a pencil."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.calendars import queries as calendars
from app.incidents import clocks, queries
from app.incidents.branches import StageClock
from app.incidents.clock_schemas import ClockList, ClockOut, SegmentOut, WindowOut
from app.worktime.calendar import Calendar
from app.worktime.clock import Clock, Kind, Segment


async def of_case(session: AsyncSession, actor: Actor, incident_id: UUID) -> ClockList:
    """Every run of every stage clock, with what ran, stood still and was added."""
    incident = await queries.get(session, actor, incident_id)
    chosen = select(StageClock).where(StageClock.incident_id == incident.id)
    rows = (await session.scalars(chosen.order_by(StageClock.run))).all()
    versions = {row.calendar_version for row in rows}
    known = {version: await calendars.get_calendar(session, version) for version in versions}
    now = datetime.now(UTC)
    return ClockList(items=[told(row, known[row.calendar_version], now) for row in rows])


def told(
    row: StageClock, calendar: Calendar, now: datetime, *, ahead: datetime | None = None
) -> ClockOut:
    """One run as it is now; its segments up to a moment ahead, if there is one."""
    clock = clocks.of(row)
    until = row.stopped_at or now
    return ClockOut(
        stage=row.stage,
        run=row.run,
        unit_id=row.unit_id,
        pace=row.pace,
        calendar_version=row.calendar_version,
        limit_seconds=row.limit_seconds,
        added_seconds=row.added_seconds,
        used_seconds=clock.used(calendar, until).total_seconds(),
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        state="running" if clock.running else "paused" if clock.paused else "stopped",
        yellow_at=row.yellow_at,
        due_at=row.due_at or _was_due(clock, calendar),
        light=clock.light(calendar, until, row.yellow_share),
        overdue_at=row.overdue_at,
        exempt=row.exempt,
        segments=[_segment(found) for found in clock.segments(calendar, ahead or until)],
    )


def _was_due(clock: Clock, calendar: Calendar) -> datetime | None:
    """The deadline as it stood when the clock last ran."""
    ran = list(clock.events)
    while ran[-1].kind in (Kind.STOP, Kind.PAUSE):
        ran.pop()
    return replace(clock, events=tuple(ran)).due(calendar)


def _segment(segment: Segment) -> SegmentOut:
    return SegmentOut(
        kind=segment.kind,
        start=segment.start,
        end=segment.end,
        seconds=segment.seconds,
        why=segment.why,
        windows=[WindowOut(start=start, end=end) for start, end in segment.windows],
    )
