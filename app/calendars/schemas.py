"""What callers of the calendar send and get."""

import datetime as dt
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic import ValidationInfo as Info

from app.schemas import In, Line, Moment, Out
from app.worktime import windows
from app.worktime.calendar import Holidays, Why
from app.worktime.clock import Part
from app.worktime.limits import LimitUnit, Pace

MOST_DAYS = 400
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _in_order(texts: list[str]) -> list[str]:
    return windows.texts(windows.parse(texts))


def _real_day(value: str) -> str:
    try:
        dt.date.fromisoformat(value if len(value) == 10 else f"2024-{value}")
    except ValueError as error:
        raise ValueError(
            f"没有「{value}」这一天，请填写存在的日期"
            f"|there is no day '{value}'; give one that exists"
        ) from error
    return value


def _storable_date(value: dt.date) -> dt.date:
    if not 1900 <= value.year <= 9000:
        raise ValueError("年份应在 1900 至 9000 之间|the year must lie between 1900 and 9000")
    return value


def _no_timestamp(value: Any) -> Any:
    if isinstance(value, str) and not _DATE.fullmatch(value):
        raise ValueError("应为日期，例如 2026-03-07|write a date, e.g. 2026-03-07")
    return value


Date = Annotated[dt.date, BeforeValidator(_no_timestamp), AfterValidator(_storable_date)]
Windows = Annotated[
    list[str],
    Field(max_length=24, description='Of the local day, e.g. ["08:00-12:00", "14:00-18:00"]'),
    AfterValidator(_in_order),
]
Weekday = Annotated[int, Field(ge=1, le=7, description="1 is Monday, 7 Sunday")]
Edge = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_real_day),
    Field(description="06-01 for every year, or 2026-06-01 for one"),
]


class Hours(In):
    """The windows of some weekdays."""

    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    windows: Annotated[Windows, Field(min_length=1)]


def _each_weekday_once(hours: list[Hours]) -> list[Hours]:
    named = [weekday for group in hours for weekday in group.weekdays]
    twice = sorted({weekday for weekday in named if named.count(weekday) > 1})
    if twice:
        raise ValueError(
            f"星期 {twice} 出现多次，请合并其时段|weekdays {twice} come twice; join their windows"
        )
    return hours


WeekHours = Annotated[
    list[Hours],
    Field(min_length=1, max_length=7, description="A weekday that is not named rests"),
    AfterValidator(_each_weekday_once),
]


class SeasonHours(In):
    """Other hours from the first to the last day, e.g. in summer."""

    name: Line
    first: Edge
    last: Edge
    hours: WeekHours

    @field_validator("last")
    @classmethod
    def _fits_first(cls, last: str, info: Info) -> str:
        first = info.data.get("first")
        if first is None:
            return last
        if len(first) != len(last):
            raise ValueError(
                "first 与 last 须同为月-日，或同为年-月-日"
                "|write first and last both as month-day or both as year-month-day"
            )
        if len(last) == 10 and last < first:
            raise ValueError(f"不应早于 {first}|must not lie before {first}")
        return last


class CalendarIn(In):
    """The whole calendar but for single days; of several seasons on a day the first one counts."""

    hours: WeekHours
    seasons: list[SeasonHours] = Field(default_factory=list, max_length=50)
    hours_per_day: Decimal = Field(
        Decimal(8),
        gt=0,
        le=24,
        decimal_places=2,
        validate_default=True,
        description="Of 1 工作日",
    )
    holidays: Annotated[
        Holidays, Field(description="china: public holidays and make-up workdays; none: neither")
    ] = Holidays.CHINA

    @field_validator("hours_per_day")
    @classmethod
    def _fit_into_every_week(cls, value: Decimal, info: Info) -> Decimal:
        if not {"hours", "seasons"} <= info.data.keys():
            return value
        weeks = [info.data["hours"], *(season.hours for season in info.data["seasons"])]
        if value * 60 > min(_minutes(week) for week in weeks):
            raise ValueError(
                "一周的工作时段合计不足一个工作日，请减小 hours_per_day 或增加时段"
                "|a week has less work time than one work day; lower hours_per_day or add windows"
            )
        return value


def _minutes(week: list[Hours]) -> int:
    """The work time of a week."""
    return sum(
        len(group.weekdays) * sum(end - start for start, end in windows.parse(group.windows))
        for group in week
    )


class CalendarOut(Out):
    """A version of the calendar. Version 0 is what holds before anybody has changed it."""

    version: int
    timezone: str
    hours: list[Hours]
    seasons: list[SeasonHours]
    hours_per_day: float
    holidays: Holidays
    known_years: Annotated[list[int], Field(description="Public holidays are published for these")]
    estimate: Annotated[str | None, Field(description="What is unknown of all other years")]
    changed_at: datetime | None
    changed_by: str | None


class VersionOut(Out):
    version: int
    changed_at: datetime
    changed_by: str


class VersionPage(Out):
    items: list[VersionOut]
    next: str | None


class DayIn(In):
    """The city's word on a day; it beats public holidays, which beat weekdays."""

    works: bool
    name: Annotated[Line, Field(description="Why, for people, e.g. 创文突击日")]
    windows: Windows = Field(default_factory=list, description="None: those of a usual working day")

    @model_validator(mode="after")
    def _rest_has_no_windows(self) -> Self:
        if self.windows and not self.works:
            raise ValueError(
                "休息日没有时段，请清空 windows 或将 works 设为 true"
                "|a day of rest has no windows; leave them out or set works to true"
            )
        return self


class DayOut(Out):
    """What a day is, and what decided about it."""

    date: dt.date
    works: bool
    windows: list[str]
    why: Why
    name: Annotated[str, Field(description="Of the holiday, or the city's own words")]
    season: str | None
    estimated: Annotated[bool, Field(description="Holidays of this year are not published yet")]


Version = Annotated[
    int | None,
    Field(ge=0, le=2**31 - 1, description="An old version; default: the one in force"),
]


class DayRange(In):
    """Query parameters: from one day to another, both included."""

    first: Annotated[Date, Field(alias="from")]
    last: Annotated[Date, Field(alias="to")]
    version: Version = None

    @field_validator("last")
    @classmethod
    def _in_reach(cls, last: dt.date, info: Info) -> dt.date:
        first = info.data.get("first")
        if first and not first <= last < first + timedelta(days=MOST_DAYS):
            raise ValueError(
                f"应不早于 from，且最多 {MOST_DAYS} 天"
                f"|must not lie before `from`; at most {MOST_DAYS} days are told"
            )
        return last


class DayList(Out):
    version: int
    estimate: str | None
    items: list[DayOut]


class DaysChanged(Out):
    """What an import did; days that were so already are not counted."""

    version: int
    changed: int


class DeadlineQuery(In):
    """A limit that begins at a moment."""

    start: Moment
    amount: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=3)]
    unit: LimitUnit


class SegmentOut(Out):
    kind: Part
    start: datetime
    end: datetime
    seconds: float
    windows: list[tuple[datetime, datetime]]


class DeadlineOut(Out):
    """When a limit ends, and every window that was counted."""

    label: str
    pace: Pace
    version: int
    seconds: float
    start: datetime
    runs_from: Annotated[datetime, Field(description="When the clock first runs")]
    yellow_at: datetime
    due: datetime
    estimate: str | None
    segments: list[SegmentOut]
