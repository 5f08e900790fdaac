"""What callers of the large screen send and get."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.incidents.schemas import IncidentOut
from app.incidents.states import Source, Status
from app.schemas import Code, In, Out
from app.tallies.periods import Kind

Link = dict[str, Any]
LINK = "Query of GET /incidents that lists these cases; null where no filter tells them apart"


class ScreenFilter(In):
    """What the large screen shows."""

    area: Code | None = Field(None, description="Code of an area; without it all that you may see")
    period: Kind = Field("month", description="Today, this week from Monday on, this month")


class Figure(Out):
    """A number, and the cases behind it."""

    count: int
    link: Link | None = Field(description=LINK)


class RateOut(Out):
    """A share; `value` is null when there is nothing to divide by."""

    numerator: Figure
    denominator: Figure
    value: float | None


class Rates(Out):
    """`in_time` leaves out what appeals exempt; `first_time` was never sent back to its unit."""

    handling: RateOut = Field(description="处置率: handled / dispatched")
    closing: RateOut = Field(description="结案率: closed / filed")
    in_time: RateOut = Field(description="按期结案率: closed in time / closed")
    first_time: RateOut = Field(description="一次结案率: never sent back / closed")


class RatesOut(Out):
    today: Rates
    days_30: Rates


class AreaRef(Out):
    code: str
    name: str


class PeriodOut(Out):
    """Days of the city's calendar, both included."""

    span: Kind
    first: date
    last: date


class DayFigures(Out):
    reported: Figure
    accepted: Figure
    rejected: Figure
    filed: Figure
    dispatched: Figure
    handled: Figure
    closed: Figure
    voided: Figure
    overdue: Figure = Field(description="Cases whose handling clock ran out on that day")


class Now(Out):
    """Open cases as they stand."""

    open: Figure
    by_status: dict[Status, Figure]
    red: Figure
    yellow: Figure
    suspended: Figure
    no_cell: Figure
    supervised: Figure
    returned: Figure


class Hour(Out):
    hour: int
    reported: Figure
    closed: Figure


class Day(Out):
    date: date
    reported: Figure
    filed: Figure
    closed: Figure
    overdue: Figure


class SourceCount(Figure):
    source: Source
    label: str


class CodeCount(Figure):
    code: str
    name: str | None


class UnitRank(Out):
    """What became of a unit's cases in the period; what it did stays with it after a return.

    A step counts once a day for each case.
    """

    id: UUID
    name: str
    dispatched: Figure
    handled: Figure
    closed: Figure
    overdue: Figure
    in_time_rate: float | None
    rank: int | None = Field(description="By in-time rate, then by closed cases; null: too few")
    change: int | None = Field(description="Ranks gained since the day, week or month before")


class Screen(Out):
    """The large screen's snapshot. Numbers are by the days of the city's calendar."""

    at: datetime
    area: AreaRef | None
    period: PeriodOut
    today: DayFigures
    yesterday: DayFigures
    now: Now
    rates: RatesOut
    hours: list[Hour] = Field(description="24, of today")
    days: list[Day] = Field(description="30, the last is today")
    sources: list[SourceCount] = Field(description="Reports of the period")
    classes: list[CodeCount] = Field(description="The ten classes with most reports")
    areas: list[CodeCount] = Field(description="The ten smallest areas with most reports")
    units: list[UnitRank]
    ranked_from: int = Field(description="Dispatches in the period that a unit needs for a rank")
    overdue: list[IncidentOut] = Field(description="Ten open cases, the longest overdue first")
    latest: list[IncidentOut]
