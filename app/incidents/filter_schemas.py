"""What callers send to say which cases they mean, in lists, counts and exports."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from app.filters import Bbox
from app.incidents.fold import KINDS
from app.incidents.states import Source, Status
from app.incidents.waiting import QueueName
from app.schemas import Code, In, Line, Moment, Out
from app.worktime.clock import Light

Sort = Literal["-reported_at", "reported_at", "due_at"]
STEP = "由 step 说明是哪一种步骤|say in `step` which kind of step is meant"


class IncidentWhich(In):
    """Which cases; several values of one name are alternatives."""

    queue: QueueName | None = Field(None, description="What `GET /queues` counts")
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
    claimed: bool | None = Field(None, description="true: open cases that somebody holds")
    claimed_by: UUID | None = None
    handler: UUID | None = None
    supervised: bool | None = Field(None, description="true: open, with an unanswered order")
    late: bool | None = Field(None, description="true: handled late, whether counted or not")
    counted_late: bool | None = Field(None, description="true: late, and no appeal exempts it")
    overdue_from: Moment | None = Field(None, description="Handled late: out of time since then")
    overdue_to: Moment | None = None
    reported_from: Moment | None = None
    reported_to: Moment | None = None
    closed_from: Moment | None = Field(None, description="Ended since; add `status` for how")
    closed_to: Moment | None = Field(None, description="Ended before")
    step: Code | None = Field(None, description="Kind of a fact (`file`, `return`) that is theirs")
    step_from: Moment | None = Field(None, description="… and that happened since then")
    step_to: Moment | None = Field(None, description="… and before then")
    step_unit: UUID | None = Field(None, description="… while this unit had the case")
    bbox: Bbox | None = None
    text: Line | None = Field(None, description="Words in description or address")

    @field_validator("step")
    @classmethod
    def _a_kind(cls, step: str | None) -> str | None:
        if step is not None and step not in KINDS:
            raise ValueError("没有这种步骤|facts have no such kind")
        return step

    @field_validator("step_from", "step_to", "step_unit")
    @classmethod
    def _of_a_step(cls, value: Any, info: ValidationInfo) -> Any:
        if value is not None and info.data.get("step") is None:
            raise ValueError(STEP)
        return value


class IncidentShown(IncidentWhich):
    """Which cases, and their order: a list by `due_at` holds those only whose clock runs."""

    sort: Sort = Field(
        "-reported_at", description="`due_at`: cases whose clock runs, the most urgent first"
    )


class IncidentFilter(IncidentShown):
    """Query parameters of a list."""

    limit: int = Field(50, ge=1, le=200)
    after: str | None = Field(None, max_length=512, description="`next` of the page before")


class CountOut(Out):
    """How many; not exact above 10,000, where counting stops."""

    count: int
    exact: bool
