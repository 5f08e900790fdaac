"""The calendar as answers: versions, days, deadlines."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.calendars import queries, service
from app.calendars.errors import OutOfReach
from app.calendars.schemas import (
    CalendarOut,
    DayList,
    DayOut,
    DayRange,
    DeadlineOut,
    DeadlineQuery,
    SegmentOut,
)
from app.config import settings
from app.worktime import national, windows
from app.worktime.calendar import Calendar, Day, Holidays, NeverAgain
from app.worktime.clock import YELLOW, Clock
from app.worktime.limits import Limit, Pace


async def get_calendar(session: AsyncSession, version: int | None, language: str) -> CalendarOut:
    """A version of the calendar; None is the one in force, 0 the one before any change."""
    found = None if version == 0 else await queries.find_version(session, version)
    if found is None and version:
        raise queries.no_version(version)
    stored, changed_by = found or (None, None)
    told = service.document(stored) if stored else service.USUAL
    years = national.KNOWN_YEARS if told.holidays is Holidays.CHINA else ()
    return CalendarOut(
        version=stored.version if stored else 0,
        timezone=settings().timezone,
        **(told.model_dump() | {"hours_per_day": float(told.hours_per_day)}),
        known_years=list(years),
        estimate=_estimate(language) if years else None,
        changed_at=stored.changed_at if stored else None,
        changed_by=changed_by,
    )


async def list_days(session: AsyncSession, wanted: DayRange, language: str) -> DayList:
    """What the days of a range are."""
    calendar = await queries.get_calendar(session, wanted.version)
    span = (wanted.last - wanted.first).days + 1
    items = [_day(calendar.day(wanted.first + timedelta(n)), language) for n in range(span)]
    return DayList(
        version=calendar.version,
        estimate=_estimate(language) if any(day.estimated for day in items) else None,
        items=items,
    )


async def get_day(session: AsyncSession, day: date, language: str) -> DayOut:
    """What a day is."""
    return _day((await queries.current_within(session)).day(day), language)


def _day(day: Day, language: str) -> DayOut:
    """A day as callers get it."""
    return DayOut(
        date=day.date,
        works=day.works,
        windows=windows.texts(day.windows),
        why=day.why,
        name=day.name_en if language == "en" else day.name,
        season=day.season,
        estimated=day.estimated,
    )


async def get_deadline(session: AsyncSession, query: DeadlineQuery, language: str) -> DeadlineOut:
    """When a limit that begins at a moment ends, and what was counted."""
    calendar = await queries.current_within(session)
    limit = Limit(query.amount, query.unit)
    try:
        return _reckoned(calendar, limit, query.start, language)
    except NeverAgain as error:
        raise OutOfReach from error


def _reckoned(calendar: Calendar, limit: Limit, start: datetime, language: str) -> DeadlineOut:
    time = calendar.duration(limit)
    due = calendar.add(limit.pace, start, time)
    parts = Clock.start(limit.pace, time, start).segments(calendar, due)
    return DeadlineOut(
        label=limit.label,
        pace=limit.pace,
        version=calendar.version,
        seconds=time.total_seconds(),
        start=_local(start),
        runs_from=_local(calendar.align(limit.pace, start)),
        yellow_at=_local(calendar.add(limit.pace, start, time * YELLOW)),
        due=_local(due),
        estimate=_estimate(language) if _unknown(calendar, limit, start, due) else None,
        segments=[
            SegmentOut(
                kind=part.kind,
                start=_local(part.start),
                end=_local(part.end),
                seconds=part.seconds,
                windows=[(_local(opens), _local(closes)) for opens, closes in part.windows],
            )
            for part in parts
        ],
    )


def _estimate(language: str) -> str:
    """The statement that goes with every answer that rests on an estimate."""
    first, last = national.KNOWN_YEARS[0], national.KNOWN_YEARS[-1]
    if language == "en":
        return (
            f"Public holidays and make-up workdays are known for {first} to {last}; in other years"
            " only weekends rest, unless the city sets days itself"
        )
    return (
        f"法定节假日及调休仅收录 {first} 至 {last} 年；其他年份仅按周末休息估算，可由本市逐日设置"
    )


def _local(moment: datetime) -> datetime:
    return moment.astimezone(settings().zone)


def _unknown(calendar: Calendar, limit: Limit, start: datetime, due: datetime) -> bool:
    years = range(_local(start).year, _local(due).year + 1)
    return limit.pace is Pace.WORK and any(calendar.estimated(year) for year in years)
