"""What callers send with a move."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.catalog.content import RegionClass
from app.incidents.rules import LimitIn
from app.schemas import Code, In, Moment, Place, Prose

Command = In
Ids = Annotated[tuple[UUID, ...], Field(max_length=20)]


class Note(In):
    """A command that needs nothing more than, perhaps, a word."""

    note: Prose | None = None


class Reason(In):
    """A command that must say why."""

    reason: Prose


class Accept(Note):
    """Take a report up, perhaps under its right class."""

    category: Code | None = Field(None, description="The right class, if the report named another")


class Filing(Note):
    """File a case under a condition of its class: the condition has the time limit."""

    condition: Code | None = Field(
        None, description="Code of the filing condition; needed when the class has several"
    )
    region_class: RegionClass | None = Field(
        None, description="Class of the region, where the city's limits differ by it"
    )


class Dispatch(In):
    """To whom; without `unit` and `handler`, to the one owner that the data name.

    `co` units handle along with the leading one and reply; `informed` ones only see the case.
    """

    unit: UUID | None = None
    handler: UUID | None = Field(None, description="A person or a partner system")
    co: Ids = ()
    informed: Ids = ()
    instruction: Prose | None = None

    @model_validator(mode="after")
    def _one_part_each(self) -> "Dispatch":
        if set(self.co) & set(self.informed):
            raise ValueError(
                "同一单位不能既协办又知会|a unit is either in `co` or in `informed`, not in both"
            )
        return self


class Rework(In):
    """Back to the unit that fed back, or to another one."""

    unit: UUID | None = None
    instruction: Prose | None = None


class Assign(Note):
    """To a person of the unit (指派), or from its handler to a colleague (委托)."""

    handler: UUID


class FeedBack(In):
    """What was done."""

    result: Prose


class OrderReply(In):
    """What the unit answers to a supervision order."""

    reply_text: Prose


class TaskOut(Note):
    """Send a task to a person in the field; without one, to whom the rules choose."""

    assignee: UUID | None = None


class VerifyResult(Note):
    """What was found on the spot before filing."""

    reply: Literal["exists", "not_exists", "unclear"]


class CheckResult(Note):
    """What was found on the spot after handling."""

    reply: Literal["fixed", "not_fixed", "unclear"]


class Forward(Note):
    """Hand the task over to a colleague (委托)."""

    assignee: UUID


class RequestExtension(Reason):
    """More time: as much as the limit itself, or less."""

    amount: LimitIn | None = Field(None, description="As long as the limit itself, if left out")


class RequestSuspension(Reason):
    """The clock stands still until a moment, then the case resumes by itself."""

    until: Moment


class Decision(In):
    """On the request that waits."""

    approved: bool
    opinion: Prose | None = None

    @model_validator(mode="after")
    def _a_refusal_says_why(self) -> "Decision":
        if not self.approved and self.opinion is None:
            raise ValueError("不同意时须填写意见 opinion|a refusal needs an `opinion`")
        return self


class Supervise(In):
    """A supervision order: what is asked for, by when."""

    requirement: Prose
    due_at: Moment | None = Field(None, description="By the rules, if left out")


class Merge(Note):
    """Into which case."""

    into: UUID


class Placing(Note):
    """The right cell of a case, or its right place."""

    cell: Code | None = None
    place: Place | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Placing":
        if (self.cell is None) == (self.place is None):
            raise ValueError("请填写 cell 或 place 之一|give either `cell` or `place`")
        return self
