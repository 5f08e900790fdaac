"""Days, weeks and months of the city's calendar. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["day", "week", "month"]
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week from Monday to Sunday, or a month; both days included."""

    span: Kind
    first: date
    last: date

    @classmethod
    def of(cls, span: Kind, day: date) -> "Period":
        """The one that holds a day."""
        if span == "day":
            return cls(span, day, day)
        if span == "week":
            monday = day - day.weekday() * A_DAY
            return cls(span, monday, monday + 6 * A_DAY)
        first = day.replace(day=1)
        return cls(span, first, (first + 31 * A_DAY).replace(day=1) - A_DAY)

    @property
    def before(self) -> "Period":
        """The one before."""
        return Period.of(self.span, self.first - A_DAY)
