"""Time limits as the standard words them: an amount, a unit, and whether nights count."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Pace(StrEnum):
    """How a clock runs: through nights and holidays, or in work time only."""

    WALL = "wall"
    WORK = "work"


class LimitUnit(StrEnum):
    """紧急工作时, 紧急工作日, 工作时, 工作日."""

    URGENT_HOUR = "urgent_hour"
    URGENT_DAY = "urgent_day"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"


_PACES = {
    LimitUnit.URGENT_HOUR: Pace.WALL,
    LimitUnit.URGENT_DAY: Pace.WALL,
    LimitUnit.WORK_HOUR: Pace.WORK,
    LimitUnit.WORK_DAY: Pace.WORK,
}
_LABELS = {
    LimitUnit.URGENT_HOUR: "紧急工作时",
    LimitUnit.URGENT_DAY: "紧急工作日",
    LimitUnit.WORK_HOUR: "工作时",
    LimitUnit.WORK_DAY: "工作日",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take."""

    amount: Decimal
    unit: LimitUnit

    def __post_init__(self) -> None:
        if not (self.amount.is_finite() and self.amount > 0):
            raise ValueError("时限应大于 0|a limit is larger than 0")

    @property
    def pace(self) -> Pace:
        """What the limit's unit counts in."""
        return _PACES[self.unit]

    @property
    def label(self) -> str:
        """As the standard prints it, e.g. 2紧急工作时."""
        return f"{self.amount.normalize():f}{_LABELS[self.unit]}"
