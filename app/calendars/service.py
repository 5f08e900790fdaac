"""Changes of the calendar: each one is a new version, and every open clock is counted anew."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import jobs
from app.auth import Actor
from app.calendars import queries
from app.calendars.errors import TooLittleWork
from app.calendars.models import CalendarDay, CalendarVersion
from app.calendars.schemas import CalendarIn, DayIn, Hours
from app.config import settings
from app.problems import NotFound, StaleVersion
from app.worktime import windows
from app.worktime.calendar import OFFICE_HOURS, NeverAgain
from app.worktime.limits import Limit, LimitUnit

LONGEST = [Limit(Decimal(10_000), unit) for unit in (LimitUnit.WORK_DAY, LimitUnit.WORK_HOUR)]
"""No filing condition and no rule has longer limits: they end by every calendar."""
RECALCULATE = "incidents.recalculate"
USUAL = CalendarIn(
    hours=[Hours(weekdays=[1, 2, 3, 4, 5], windows=windows.texts(OFFICE_HOURS))],
)


async def replace(
    session: AsyncSession, actor: Actor, data: CalendarIn, *, expected: int | None = None
) -> None:
    """Set week, seasons and rules; nothing happens if they are so already."""
    version, present = await _present(session, expected)
    if data != present:
        await _publish(session, actor, version + 1, data)
        await _check_work_time(session, "/hours")


async def set_days(
    session: AsyncSession,
    actor: Actor,
    days: Mapping[date, DayIn],
    *,
    expected: int | None = None,
) -> tuple[int, int]:
    """Set the city's word on some days, in one version; returns it and how many days changed."""
    version, present = await _present(session, expected)
    stored = {row.date: row for row in await queries.list_city_days(session, list(days))}
    changed = {day: data for day, data in days.items() if not _same(stored.get(day), data)}
    if not changed:
        return version, 0
    version = await _publish(session, actor, version + 1, present)
    for day in changed.keys() & stored.keys():
        stored[day].until_version = version
    await session.flush()
    session.add_all(
        CalendarDay(date=day, since_version=version, **data.model_dump())
        for day, data in changed.items()
    )
    await session.flush()
    await _check_work_time(session, "/works")
    return version, len(changed)


async def remove_day(
    session: AsyncSession, actor: Actor, day: date, *, expected: int | None = None
) -> None:
    """Take the city's word on a day back: holidays and weekdays decide again."""
    version, present = await _present(session, expected)
    stored = await queries.list_city_days(session, [day])
    if not stored:
        raise NotFound(what=("日期设置", "city's word on a day"), value=str(day))
    stored[0].until_version = await _publish(session, actor, version + 1, present)
    await session.flush()
    await _check_work_time(session, "path/date")


async def _present(session: AsyncSession, expected: int | None) -> tuple[int, CalendarIn]:
    """What a change starts from. Changes are made one after the other."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("calendar"))))
    found = await queries.find_version(session, None)
    version = found[0].version if found else 0
    if expected is not None and expected != version:
        raise StaleVersion(version=version)
    return version, document(found[0]) if found else USUAL


async def _check_work_time(session: AsyncSession, pointer: str) -> None:
    calendar = await queries.current_within(session)
    for limit in LONGEST:
        try:
            calendar.add(limit.pace, datetime.now(UTC), calendar.duration(limit))
        except NeverAgain as error:
            raise TooLittleWork(pointer, limit=limit.label) from error


def document(stored: CalendarVersion) -> CalendarIn:
    """A version as it was sent."""
    return CalendarIn.model_validate(
        {
            "hours": stored.hours,
            "seasons": stored.seasons,
            "hours_per_day": stored.hours_per_day,
            "holidays": stored.holidays,
        }
    )


async def _publish(session: AsyncSession, actor: Actor, version: int, data: CalendarIn) -> int:
    """Clocks are counted anew at once, and again for those that other processes have started
    meanwhile by the calendar that they remember.
    """
    fields: dict[str, Any] = data.model_dump(mode="json") | {"hours_per_day": data.hours_per_day}
    session.add(CalendarVersion(version=version, changed_by=actor.id, **fields))
    await session.flush()
    queries.IN_FORCE.forget_with(session)
    for after in (None, timedelta(seconds=2 * settings().reference_cache_seconds)):
        await jobs.enqueue(session, RECALCULATE, after=after, calendar_version=version)
    return version


def _same(stored: CalendarDay | None, data: DayIn) -> bool:
    return stored is not None and data.model_dump() == {
        "works": stored.works,
        "name": stored.name,
        "windows": stored.windows,
    }
