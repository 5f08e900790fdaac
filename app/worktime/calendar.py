"""When work time runs: what each day is, and exact sums of work time between moments.

The clock runs at a moment whose local time lies in a window of that local day, so an hour that
daylight saving time skips or repeats counts as what it really was. Moments come back in UTC,
because Python subtracts two moments of one zone by their faces.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.worktime import national
from app.worktime.limits import Limit, LimitUnit, Pace
from app.worktime.regimes import regimes
from app.worktime.windows import Window, parse

Week = tuple[tuple[Window, ...], ...]
ONE_DAY = timedelta(days=1)
YEARS_AHEAD = 100
MOST_YEARS_KEPT = 50


class NeverAgain(ValueError):
    """The calendar has no work time in the next hundred years."""


class Holidays(StrEnum):
    """Whose public holidays rest: China's, or none but the city's own days."""

    CHINA = "china"
    NONE = "none"


class Why(StrEnum):
    """What decided about a day."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Season:
    """Its own windows per weekday (Monday first), from the first day to the last one.

    Days are (month, day), every year and perhaps over New Year, or (year, month, day).
    """

    name: str
    first: tuple[int, ...]
    last: tuple[int, ...]
    week: Week

    def holds(self, day: date) -> bool:
        """Whether a day lies in the season."""
        found = (day.year, day.month, day.day)[-len(self.first) :]
        if self.first <= self.last:
            return self.first <= found <= self.last
        return found >= self.first or found <= self.last


@dataclass(frozen=True, slots=True)
class CityDay:
    """The city's own word on a day; without windows a working day has those of a full day."""

    works: bool
    name: str = ""
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """One local day: its windows, and what decided about them."""

    date: date
    windows: tuple[Window, ...]
    why: Why
    name: str
    name_en: str
    season: str | None
    estimated: bool

    @property
    def works(self) -> bool:
        """Whether any work time runs on this day."""
        return bool(self.windows)


class _Year(NamedTuple):
    """A local year's windows in UTC, and the work time that lies before each of them."""

    starts: list[datetime]
    ends: list[datetime]
    before: list[timedelta]
    total: timedelta

    def worked(self, moment: datetime) -> timedelta:
        """The year's work time before a moment."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return timedelta(0)
        return self.before[index] + (min(moment, self.ends[index]) - self.starts[index])


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """A city's work time. The city's days beat holidays, which beat weekdays.

    The first season that holds a day replaces the usual week. Years that were asked for are kept.
    """

    zone: ZoneInfo
    week: Week
    seasons: tuple[Season, ...] = ()
    days: Mapping[date, CityDay] = field(default_factory=dict)
    hours_per_day: Decimal = Decimal(8)
    holidays: Holidays = Holidays.CHINA
    version: int = 0
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False)

    def duration(self, limit: Limit) -> timedelta:
        """A limit as time of its pace: a work day is `hours_per_day` hours, an urgent one 24."""
        hours = {LimitUnit.URGENT_DAY: Decimal(24), LimitUnit.WORK_DAY: self.hours_per_day}
        amount = limit.amount * hours.get(limit.unit, Decimal(1))
        return timedelta(microseconds=round(amount * 3_600_000_000))

    def align(self, pace: Pace, moment: datetime) -> datetime:
        """The moment itself if the clock runs then, else the start of the next window."""
        moment = moment.astimezone(UTC)
        if pace is Pace.WALL:
            return moment
        for start, _ in self._from(moment):
            return max(start, moment)
        raise NeverAgain

    def elapsed(self, pace: Pace, start: datetime, end: datetime) -> timedelta:
        """How much of a pace's time lies between two moments; nothing if they are reversed."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if end <= start:
            return timedelta(0)
        if pace is Pace.WALL:
            return end - start
        first, last = self._year_of(start), self._year_of(end)
        whole = sum((self._year(year).total for year in range(first, last)), timedelta(0))
        return whole + self._year(last).worked(end) - self._year(first).worked(start)

    def add(self, pace: Pace, start: datetime, amount: timedelta) -> datetime:
        """The first moment by which `amount` has elapsed; a window's end, not the next start."""
        start = start.astimezone(UTC)
        if amount <= timedelta(0):
            raise ValueError("an amount of time to add is larger than 0")
        if pace is Pace.WALL:
            return start + amount
        first = self._year_of(start)
        wanted = self._year(first).worked(start) + amount
        for number in range(first, first + YEARS_AHEAD):
            year = self._year(number)
            if wanted <= year.total:
                index = bisect_left(year.before, wanted) - 1
                return year.starts[index] + (wanted - year.before[index])
            wanted -= year.total
        raise NeverAgain

    def windows(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The windows between two moments, cut to them."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        for opens, closes in self._from(start):
            opens = max(opens, start)
            if opens >= end:
                return
            yield opens, min(closes, end)

    def estimated(self, year: int) -> bool:
        """Whether the holidays of a year are not published yet: only weekends rest then."""
        return self.holidays is Holidays.CHINA and not national.known(year)

    def day(self, day: date) -> Day:
        """What a day is."""
        season = next((found for found in self.seasons if found.holds(day)), None)
        week = season.week if season else self.week
        windows, why, name, name_en = self._decide(day, week)
        return Day(
            date=day,
            windows=windows,
            why=why,
            name=name,
            name_en=name_en,
            season=season.name if season else None,
            estimated=why is not Why.CITY and self.estimated(day.year),
        )

    def _decide(self, day: date, week: Week) -> tuple[tuple[Window, ...], Why, str, str]:
        """A day that works out of turn is worked like the first full day of the week."""
        full = next((windows for windows in week if windows), ())
        if (own := self.days.get(day)) is not None:
            windows = (own.windows or full) if own.works else ()
            return windows, Why.CITY, own.name, own.name
        found = national.find(day) if self.holidays is Holidays.CHINA else None
        if found is not None:
            why = Why.MAKE_UP if found.works else Why.HOLIDAY
            return full if found.works else (), why, found.name, found.name_en
        usual = week[day.weekday()]
        return usual, Why.WEEKDAY if usual else Why.WEEKEND, "", ""

    def _year_of(self, moment: datetime) -> int:
        return moment.astimezone(self.zone).year

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Whole windows that end after a moment, in order."""
        first = self._year_of(moment)
        for number in range(first, first + YEARS_AHEAD):
            year = self._year(number)
            begin = bisect_right(year.ends, moment)
            yield from zip(year.starts[begin:], year.ends[begin:], strict=True)

    def _year(self, number: int) -> _Year:
        found = self._years.get(number)
        if found is None:
            if len(self._years) >= MOST_YEARS_KEPT:
                self._years.clear()
            found = self._years[number] = self._build(number)
        return found

    def _build(self, number: int) -> _Year:
        year = _Year([], [], [], timedelta(0))
        total, day = timedelta(0), date(number, 1, 1)
        while day.year == number:
            for start, end in self._opened(day):
                year.starts.append(start)
                year.ends.append(end)
                year.before.append(total)
                total += end - start
            day += ONE_DAY
        return year._replace(total=total)

    def _opened(self, day: date) -> list[tuple[datetime, datetime]]:
        """A day's windows in UTC, in order."""
        windows = self.day(day).windows
        if not windows:
            return []
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        cut = [
            (
                max(begin, midnight + timedelta(minutes=opens) - offset),
                min(finish, midnight + timedelta(minutes=closes) - offset),
            )
            for offset, begin, finish in regimes(self.zone, day)
            for opens, closes in windows
        ]
        return [(start, end) for start, end in cut if start < end]


OFFICE_HOURS = parse(["08:00-12:00", "14:00-18:00"])
OFFICE_WEEK: Week = (OFFICE_HOURS,) * 5 + ((), ())


def default_calendar(zone: ZoneInfo) -> Calendar:
    """08:00–12:00 and 14:00–18:00 from Monday to Friday, with China's public holidays."""
    return Calendar(zone, OFFICE_WEEK)
