"""Which list of cases lies behind a number: queries of GET /incidents. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.incidents.states import Status
from app.tallies.counters import STEPS
from app.tallies.schemas import Link

CLOSED = [str(Status.CLOSED)]


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to another, the second one left out."""

    since: datetime
    until: datetime

    @classmethod
    def of_days(cls, first: date, last: date, zone: ZoneInfo) -> "Span":
        """Whole days of the city."""
        end = last + timedelta(days=1)
        return cls(datetime.combine(first, time(), zone), datetime.combine(end, time(), zone))

    @classmethod
    def of_hour(cls, day: date, hour: int, zone: ZoneInfo) -> "Span":
        """An hour of the city's clock."""
        end = datetime.combine(day, time(hour), zone) + timedelta(hours=1)
        return cls(datetime.combine(day, time(hour), zone), end)

    def named(self, name: str) -> Link:
        """As the two filters of a list that begin with a name."""
        return {f"{name}_from": _told(self.since), f"{name}_to": _told(self.until)}


def of_unit(counter: str, span: Span, unit: str) -> Link:
    """The filters that list a unit's cases of a counter, also those that it has no more."""
    if counter == "overdue":
        step = {"step": "overdue", **span.named("step"), "step_unit": unit}
        return {**span.named("overdue"), **step}
    link = of(counter, span) or {}
    return {**link, ("step_unit" if "step" in link else "unit"): unit}


def of(counter: str, span: Span) -> Link | None:
    """The filters that list the cases of a counter; None where there are none."""
    if counter in STEPS:
        return {"step": STEPS[counter], **span.named("step")}
    closed = {"status": CLOSED, **span.named("closed")}
    known: dict[str, Link] = {
        "reported": span.named("reported"),
        "closed": closed,
        "closed_late": {**closed, "counted_late": True},
        "closed_in_time": {**closed, "counted_late": False},
        "overdue": span.named("overdue"),
    }
    return known.get(counter)
