"""What callers of the incident routes send and get."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.config import settings
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


class Nearby(Place):
    """Which recent cases lie near a place."""

    lon: Longitude
    lat: Latitude
    category: Code | None = Field(None, description="Beginning of a class code")
    open: bool | None = Field(None, description="true: only open ones")
    metres: float = Field(50, gt=0, le=2000, allow_inf_nan=False)
    hours: float = Field(24, gt=0, le=720, allow_inf_nan=False)


class NearbyOut(Out):
    incident: IncidentOut
    metres: float


class NearbyList(Out):
    items: list[NearbyOut]


class PlaceSearch(In):
    """Words of a name or an address, or the beginning of a code."""

    q: Line
    limit: int = Field(10, ge=1, le=50)


class PlaceOut(Out):
    """A place by that name. `score` is 1 for the whole name, less where it says more."""

    kind: Literal["area", "cell", "address"]
    code: str | None
    name: str
    address: str | None
    lon: float
    lat: float
    score: float


class PlaceList(Out):
    items: list[PlaceOut]


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
