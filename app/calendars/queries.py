"""Reads of the calendar; the one in force is kept for a few seconds in each process."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db, pages
from app.calendars.models import CalendarDay, CalendarVersion
from app.config import settings
from app.people.models import Account
from app.problems import NotFound
from app.remembered import Remembered
from app.worktime import windows
from app.worktime.calendar import (
    Calendar,
    CityDay,
    Holidays,
    Season,
    Week,
    default_calendar,
)

_LARGEST = 2**31 - 1
_usual = lru_cache(default_calendar)


async def current() -> Calendar:
    """The calendar in force, as each process remembers it."""
    return await IN_FORCE.get()


async def _in_force() -> Calendar:
    return _read(await db.hot(db.statement("calendars/current.sql"), None))


IN_FORCE = Remembered(_in_force)


async def current_within(session: AsyncSession) -> Calendar:
    """The calendar in force as the session's transaction sees it."""
    return _read(await db.within(session, db.statement("calendars/current.sql"), None))


async def get_calendar(session: AsyncSession, version: int | None) -> Calendar:
    """A version's calendar; None is the one in force, 0 the one before any change."""
    if version == 0:
        return _usual(settings().zone)
    rows = await db.within(session, db.statement("calendars/current.sql"), version)
    if version is not None and not rows:
        raise no_version(version)
    return _read(rows)


def _read(rows: Sequence[Any]) -> Calendar:
    zone = settings().zone
    return _calendar(rows[0]["document"], zone) if rows else _usual(zone)


@lru_cache(maxsize=8)
def _calendar(document: str, zone: ZoneInfo) -> Calendar:
    """The same document is the same object, with the years that it has worked out already."""
    stored = orjson.loads(document)
    return Calendar(
        zone=zone,
        week=_week(stored["hours"]),
        seasons=tuple(
            Season(each["name"], _edge(each["first"]), _edge(each["last"]), _week(each["hours"]))
            for each in stored["seasons"]
        ),
        days={
            date.fromisoformat(day): CityDay(works, name, windows.parse(texts))
            for day, works, name, texts in stored["days"]
        },
        hours_per_day=Decimal(stored["hours_per_day"]),
        holidays=Holidays(stored["holidays"]),
        version=stored["version"],
    )


def _week(hours: list[dict[str, Any]]) -> Week:
    by_weekday = {
        weekday: windows.parse(group["windows"]) for group in hours for weekday in group["weekdays"]
    }
    return tuple(by_weekday.get(weekday, ()) for weekday in range(1, 8))


def _edge(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("-"))


async def find_version(
    session: AsyncSession, version: int | None
) -> tuple[CalendarVersion, str] | None:
    """A version's row and who made it, by default the newest; there is none before any change."""
    chosen = select(CalendarVersion, Account.name).join(
        Account, Account.id == CalendarVersion.changed_by
    )
    if version is not None:
        chosen = chosen.where(CalendarVersion.version == version)
    newest = chosen.order_by(CalendarVersion.version.desc()).limit(1)
    row = (await session.execute(newest)).one_or_none()
    return (row[0], row[1]) if row else None


async def list_versions(
    session: AsyncSession, after: str | None, limit: int
) -> tuple[Sequence[Row[int, datetime, str]], str | None]:
    """Versions, newest first."""
    chosen = (
        select(
            CalendarVersion.version, CalendarVersion.changed_at, Account.name.label("changed_by")
        )
        .join(Account, Account.id == CalendarVersion.changed_by)
        .order_by(CalendarVersion.version.desc())
        .limit(limit + 1)
    )
    if key := pages.decode(after, int):
        chosen = chosen.where(CalendarVersion.version < min(key[0], _LARGEST))
    rows = (await session.execute(chosen)).all()
    following = pages.encode(rows[limit - 1].version) if len(rows) > limit else None
    return rows[:limit], following


async def list_city_days(
    session: AsyncSession, days: Sequence[date] | None = None
) -> Sequence[CalendarDay]:
    """The city's words in force, by date; of some days or of all."""
    chosen = select(CalendarDay).where(CalendarDay.until_version.is_(None))
    if days is not None:
        chosen = chosen.where(CalendarDay.date.in_(days))
    return (await session.scalars(chosen.order_by(CalendarDay.date))).all()


def no_version(version: int) -> NotFound:
    """Nobody has made this version."""
    return NotFound(what=("日历版本", "version of the calendar"), value=str(version))
