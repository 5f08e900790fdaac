"""What callers get of clocks, rules, queues, suggestions and figures."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.catalog.content import RegionClass
from app.incidents.rules import Rules
from app.incidents.states import Stage
from app.incidents.waiting import Group, QueueName
from app.permissions import Permission
from app.schemas import Code, In, Out
from app.worktime.clock import Light
from app.worktime.limits import Pace


class WindowOut(Out):
    """A stretch of work time."""

    start: datetime
    end: datetime


class SegmentOut(Out):
    """What happened to a clock between two moments, or what was added at one.

    `windows` are the stretches of work time whose sum is `seconds`; empty on the wall clock.
    """

    kind: Literal["ran", "paused", "added"]
    start: datetime
    end: datetime
    seconds: float
    why: str = Field(description="The move that began it")
    windows: list[WindowOut]


class ClockOut(Out):
    """One run of a stage clock. Seconds are of its pace: wall clock, or work time only.

    It is due when `used_seconds` reaches `limit_seconds` + `added_seconds`.
    """

    stage: Stage
    run: int
    unit_id: UUID | None
    pace: Pace
    calendar_version: int = Field(description="Of the calendar that its deadlines are by")
    limit_seconds: int
    added_seconds: int
    used_seconds: float
    started_at: datetime
    stopped_at: datetime | None
    state: Literal["running", "paused", "stopped"]
    yellow_at: datetime | None
    due_at: datetime | None = Field(description="As it stood when the clock last ran")
    light: Light
    overdue_at: datetime | None = Field(description="The fact; it stays after an appeal")
    exempt: bool = Field(description="Not counted, by an appeal")
    segments: list[SegmentOut]


class ClockList(Out):
    items: list[ClockOut]


class DeadlineAsked(In):
    """A move that would start a clock, with what it would say of limit and unit."""

    move: Literal[
        "accept", "file", "dispatch", "rework", "resume", "send-to-verify", "send-to-check"
    ]
    condition: Code | None = Field(None, description="Filing condition; with `file` only")
    region_class: RegionClass | None = None
    unit: UUID | None = Field(None, description="Who would handle; the data's owner, if left out")


class DeadlineOut(ClockOut):
    """The clock that would run after a move. Its segments reach up to when it would be due."""

    move: str
    limit: str
    continued: bool = Field(description="It goes on with what was left, and is not a new one")
    handling: "DeadlineOut | None" = Field(
        None, description="With `file`: what handling would have if it were dispatched at once"
    )


class RulesOut(Out):
    """The city's rules in force; version 0 are the defaults."""

    version: int
    rules: Rules


class QueueOut(Out):
    """A queue: cases that wait for somebody. `GET /incidents?queue=` lists them."""

    queue: QueueName
    label: str
    kind: Literal["desk", "watch"] = Field(description="desk: the next case can be claimed")
    group: Group
    permission: Permission = Field(description="Whose duty it is")
    yours: bool = Field(description="Whether it is your duty")
    waiting: int
    claimed: int
    overdue: int
    next_due_at: datetime | None


class QueueList(Out):
    items: list[QueueOut]


class ReporterOut(Out):
    """Who reported the matter, in this case or in one that was merged into it."""

    incident_id: UUID
    number: str
    account_id: UUID
    name: str | None
    source: str
    reported_at: datetime


class ReporterList(Out):
    """All of them for the centre; others see only themselves."""

    count: int = Field(description="Reports of the matter, whether shown or not")
    items: list[ReporterOut]


class CandidateOut(Out):
    """Somebody who owns the matter by data."""

    kind: Literal["unit", "account", "role"]
    name: str
    unit_id: UUID | None
    account_id: UUID | None
    reason: str


class SimilarOut(Out):
    """How many of the newest similar cases nearby a unit had."""

    unit_id: UUID
    name: str
    cases: int
    share: float


class SuggestionOut(Out):
    """Whom to dispatch to, why, and whether it would be dispatched without a person."""

    verdict: Literal["unique", "several", "none"]
    basis: Literal["owner", "similar", "none"]
    unit_id: UUID | None
    account_id: UUID | None
    reason: str
    automatic: bool
    owners: list[CandidateOut]
    similar: list[SimilarOut]


class AccuracyOut(Out):
    """Suggested against chosen over a period. Shares are null where nothing can be divided."""

    dispatches: int
    suggested: int = Field(description="Dispatches for which somebody was suggested")
    agreed: int = Field(description="Where the suggestion was chosen")
    accuracy: float | None = Field(description="agreed / suggested")
    automatic: int
    automatic_returned: int
    returned: int
    kept: float | None = Field(description="1 - returned / dispatches")
    by_basis: dict[str, int] = Field(description="Dispatches by what the suggestion rested on")


class ShareOut(Out):
    """A unit's dispatches of some days and what became of them; `alerts` are above the rules."""

    unit_id: UUID
    name: str
    dispatches: int
    returned: int
    extended: int
    suspended: int
    voided: int
    alerts: list[Literal["returned", "extended", "suspended", "voided"]]


class ShareList(Out):
    items: list[ShareOut]
    days: int
