"""What a city may set about the life of a case: limits of stages, approvals, guards. Pure data.

Where practice is known the default is a running city's (Yuncheng: 15 minutes to accept and to
dispatch, 30 to verify; two extensions; one suspension of at most a year); no national values
could be read. Every field can be changed with PUT /api/v1/rules.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from app.incidents.states import Stage
from app.permissions import Permission, Role, permissions_of
from app.schemas import In
from app.worktime.limits import Limit, LimitUnit


class LimitIn(In):
    """An amount of one of the four units."""

    amount: Decimal = Field(gt=0, le=1000, max_digits=7, decimal_places=3)
    unit: LimitUnit

    def limit(self) -> Limit:
        """The same as the clock takes it."""
        return Limit(self.amount, self.unit)


def _limit(amount: str, unit: LimitUnit = LimitUnit.URGENT_HOUR) -> LimitIn:
    return LimitIn(amount=Decimal(amount), unit=unit)


class Rung(StrEnum):
    """Whom a step of the ladder calls."""

    UNIT_HEAD = "unit_head"
    SUPERVISOR = "supervisor"
    ORDER = "order"


class Step(In):
    """One step of the ladder: so many hours (wall clock) after the deadline, who is called."""

    after_hours: float = Field(ge=0, le=8760, allow_inf_nan=False)
    to: Rung


class StageLimits(In):
    """How long each stage may take; handling has the limit of its filing condition."""

    accept: LimitIn = _limit("0.25")
    verify: LimitIn = _limit("0.5")
    file: LimitIn = _limit("0.25")
    dispatch: LimitIn = _limit("0.25")
    handle: LimitIn = Field(
        _limit("5", LimitUnit.WORK_DAY), description="For classes without a filing condition"
    )
    check: LimitIn = _limit("2")
    close: LimitIn = _limit("0.5")

    def of(self, stage: Stage) -> Limit:
        """The limit of one stage."""
        found: LimitIn = getattr(self, stage.value)
        return found.limit()


Levels = Annotated[tuple[Role, ...], Field(min_length=1, max_length=2)]


Hours = Annotated[
    tuple[Annotated[float, Field(gt=0, le=8760)], ...], Field(min_length=1, max_length=5)
]


class Approvals(In):
    """Who decides what, level by level; nobody decides twice or on an own request."""

    extension: Levels = (Role.DISPATCHER, Role.SUPERVISOR)
    suspension: Levels = (Role.DISPATCHER, Role.SUPERVISOR)
    void: Levels = (Role.SUPERVISOR,)
    appeal: Levels = (Role.EVALUATOR, Role.SUPERVISOR)

    def levels(self, kind: str) -> Levels:
        """Who decides a kind of request, level by level."""
        found: Levels = getattr(self, kind)
        return found

    def role(self, kind: str, approved: int) -> Role:
        """Whose decision a request waits for when so many levels have approved."""
        levels = self.levels(kind)
        return levels[min(approved, len(levels) - 1)]

    @model_validator(mode="after")
    def _deciders_may_decide(self) -> "Approvals":
        for name in type(self).model_fields:
            for role in getattr(self, name):
                if Permission.INCIDENT_DECIDE not in permissions_of([role]):
                    raise ValueError(f"角色 {role} 无权审批|the role {role} may not decide")
        if len(self.appeal) != 2:
            raise ValueError("申诉须两级审核|an appeal has two reviewers")
        return self


class Shares(In):
    """Shares (0–1) of a unit's dispatches that raise an alert: overdue cases hide here."""

    returned: float = Field(0.2, ge=0, le=1)
    extended: float = Field(0.2, ge=0, le=1)
    suspended: float = Field(0.1, ge=0, le=1)
    voided: float = Field(0.1, ge=0, le=1)
    at_least: int = Field(20, ge=1, description="Dispatches below which no share is judged")
    days: int = Field(30, ge=1, le=366)


class Rules(In):
    """All that a city may set; what is left out keeps its default."""

    stage_limits: StageLimits = StageLimits()
    approvals: Approvals = Approvals()
    yellow_share: float = Field(0.8, gt=0, lt=1)
    most_extensions: int = Field(2, ge=0, le=10)
    extension_factor: float = Field(1, gt=0, le=10, description="Of the original limit, each")
    most_suspensions: int = Field(1, ge=0, le=10)
    suspension_days: int = Field(365, ge=1, le=3650)
    return_needs_another: bool = Field(
        True, description="Who gets a case back may not simply send it on (派遣有误须另一人确认)"
    )
    claim_minutes: int = Field(30, ge=1, le=1440)
    parts_before_feedback: bool = Field(True, description="Co-handlers reply before the lead does")
    impartial_checks: bool = Field(True, description="Checker is neither handler nor reporter")
    cross_check_share: float = Field(
        0.1, ge=0, le=1, description="Share of checks that go to another cell's steward"
    )
    close_needs_after_photo: bool = True
    after_photo_metres: float = Field(200, gt=0, le=100_000)
    self_handling_needs_photos: bool = True
    appeal_days: int = Field(30, ge=1, le=3650)
    recurrence_days: int = Field(30, ge=1, le=3650)
    recurrence_metres: float = Field(50, gt=0, le=2000)
    ladder: Annotated[tuple[Step, ...], Field(max_length=10)] = (
        Step(after_hours=0, to=Rung.UNIT_HEAD),
        Step(after_hours=4, to=Rung.SUPERVISOR),
        Step(after_hours=24, to=Rung.ORDER),
    )
    order_hours: Hours = Field(
        (48, 24, 12),
        description="To answer a supervision order, by level; the unanswered one goes a level up",
    )
    shares: Shares = Shares()

    @model_validator(mode="after")
    def _ladder_goes_up(self) -> "Rules":
        hours = [step.after_hours for step in self.ladder]
        if hours != sorted(hours):
            raise ValueError("升级阶梯须按时间先后排列|the ladder's steps must be in order of time")
        return self
