"""What callers of the incident routes send and get."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.config import settings
from app.filters import Bbox
from app.incidents.states import Source, Stage, Status
from app.schemas import Code, In, Latitude, Line, Longitude, Moment, Out, Place, Problem, Prose
from app.worktime.clock import Light
from app.worktime.limits import LimitUnit

MAX_BATCH = 500
KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"


def _not_in_the_future(value: datetime) -> datetime:
    if value > datetime.now(UTC) + timedelta(seconds=settings().future_tolerance_seconds):
        raise ValueError("时间在未来，请检查设备时钟|lies in the future; check the device's clock")
    return value


PastMoment = Annotated[Moment, AfterValidator(_not_in_the_future)]
IdempotencyKey = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]


class IncidentReport(Place):
    """A problem as somebody saw it."""

    id: UUID | None = Field(None, description="Made by the client, so that a retry is harmless")
    category: Code = Field(description="Class code, e.g. E0103; see GET /api/v1/categories")
    description: Prose
    source: Source = Source.STEWARD
    address: Line | None = None
    captured_at: PastMoment | None = Field(None, description="The device's clock when it was seen")
    accuracy_metres: float | None = Field(None, ge=0, le=100_000, allow_inf_nan=False)
    answers: dict[Code, Any] = Field(
        {}, max_length=50, description="To the extra questions of the class, by their keys"
    )


class BatchItem(IncidentReport):
    """A report in a batch; it may carry an idempotency key of its own."""

    idempotency_key: IdempotencyKey | None = None


class Batch(In):
    """Up to 500 reports; each is judged alone."""

    items: Annotated[list[Any], Field(min_length=1, max_length=MAX_BATCH)]


class CategoryRef(Out):
    code: str
    name: str | None
    kind: str | None


class CellRef(Out):
    code: str
    name: str | None
    area_code: str | None


class Suggestion(Out):
    """The nearest cell to a report that lies outside every cell."""

    cell: str
    metres: float


class Ref(Out):
    id: UUID
    name: str | None


class Raw(Out):
    """The coordinates as they were sent."""

    lon: float
    lat: float
    crs: str


class ClockRef(Out):
    """The stage clock that runs; `due_at` is null while none does or it stands still.

    `overdue_at` is the fact that handling was late, `exempt` that it does not count.
    """

    stage: Stage | None
    yellow_at: datetime | None
    due_at: datetime | None
    light: Light | None
    overdue_at: datetime | None
    exempt: bool


class LimitRef(Out):
    """The filing condition and the time limit that it gives to handling."""

    condition_id: UUID | None
    condition: str | None
    amount: Decimal
    unit: LimitUnit


class IncidentOut(Out):
    """A case as it stands. `lon` and `lat` are CGCS2000; `version` is the ETag."""

    id: UUID
    number: str
    status: Status
    version: int
    category: CategoryRef
    description: str
    address: str | None
    source: Source
    lon: float
    lat: float
    raw: Raw
    accuracy_metres: float | None
    captured_at: datetime | None
    reported_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    reporter_id: UUID
    cell: CellRef | None = Field(description="null: outside every cell, in the no-cell queue")
    suggestion: Suggestion | None
    steward: Ref | None
    owner: Ref | None = Field(description="The unit that is responsible by data")
    unit: Ref | None = Field(description="The unit that the case was dispatched to")
    handler_id: UUID | None
    return_count: int
    rework_count: int
    clock: ClockRef
    limit: LimitRef | None = Field(description="Set when the case is filed")
    pending: Literal["extension", "suspension", "void", "appeal"] | None
    claimed_by: UUID | None
    claimed_at: datetime | None
    suspended_until: datetime | None
    self_handled: bool
    merged_into: UUID | None
    extension_count: int
    suspension_count: int
    order_count: int
    recurrence_count: int = Field(description="Same class, same place, closed shortly before")
    answers: dict[str, Any] | None = Field(description="To the extra questions of the class")


class IncidentPage(Out):
    items: list[IncidentOut]
    next: str | None = Field(description="Send as `after` for the next page; null on the last")


class BatchResult(Out):
    """What became of one item, in the order sent."""

    result: Literal["created", "replayed", "rejected"]
    incident: IncidentOut | None = None
    problem: Problem | None = None


class BatchOut(Out):
    results: list[BatchResult]


class FactOut(Out):
    """One step of a case. `status` and `version` are those after the step."""

    id: int
    incident_id: UUID
    version: int
    kind: str
    status: Status
    actor_id: UUID
    actor_name: str | None
    at: datetime
    data: dict[str, Any]


class FactList(Out):
    items: list[FactOut]


class FactPage(Out):
    items: list[FactOut]
    next: str = Field(description="Send as `after`; stays the same while nothing new has committed")
    more: bool = Field(description="Whether asking again at once brings more")


class IncidentFilter(In):
    """Query parameters of a list; several values of one name are alternatives."""

    status: list[Status] = Field(default_factory=list)
    area: Code | None = Field(None, description="Beginning of an area or cell code")
    category: Code | None = Field(None, description="Beginning of a class code: C, C01, C0101")
    source: list[Source] = Field(default_factory=list)
    unit: UUID | None = None
    steward: UUID | None = None
    reporter: UUID | None = None
    number: Code | None = None
    no_cell: bool | None = Field(None, description="true: only the no-cell queue")
    light: Light | None = Field(None, description="Of the clock that runs; open cases only")
    due_before: Moment | None = Field(None, description="Open cases that are due by then")
    pending: bool | None = Field(None, description="true: open cases with an undecided request")
    claimed_by: UUID | None = None
    handler: UUID | None = None
    late: bool | None = Field(None, description="true: handled late, whether counted or not")
    reported_from: Moment | None = None
    reported_to: Moment | None = None
    bbox: Bbox | None = None
    text: Line | None = Field(None, description="Words in description or address")
    sort: Literal["-reported_at", "reported_at", "due_at"] = Field(
        "-reported_at", description="`due_at`: cases whose clock runs, the most urgent first"
    )
    limit: int = Field(50, ge=1, le=200)
    after: str | None = Field(None, max_length=512, description="`next` of the page before")


class Nearby(Place):
    """Which open or recent cases of a class lie near a place."""

    lon: Longitude
    lat: Latitude
    category: Code
    metres: float = Field(50, gt=0, le=2000, allow_inf_nan=False)
    hours: float = Field(24, gt=0, le=720, allow_inf_nan=False)


class NearbyOut(Out):
    incident: IncidentOut
    metres: float


class NearbyList(Out):
    items: list[NearbyOut]


class MoveOut(Out):
    """A move and whether this actor may make it now; `problem` says why not."""

    name: str
    label: str
    command: str = Field(description="The last part of its address")
    allowed: bool
    to: Status | None = Field(description="Where the case goes; null when its state forbids it")
    problem: Problem | None


class MoveList(Out):
    items: list[MoveOut]
