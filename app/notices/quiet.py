"""Quiet hours: a pure question of the clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one local time to another, past midnight if it ends earlier than it begins.

    `weekdays` (1 Monday … 7 Sunday) are the days on which it begins.
    """

    begins: time
    ends: time
    weekdays: Collection[int]


def until(hours: QuietHours | None, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet that holds at a moment ends (UTC), or None if there is none."""
    if hours is None:
        return None
    moment = at.astimezone(UTC)
    loud_from = moment
    today = at.astimezone(zone).date()
    over_midnight = timedelta(days=hours.ends <= hours.begins)
    for day in (today + timedelta(days=shift) for shift in (-1, 0, 1)):
        # In order of time: where clocks are put forward, one night may run into the next.
        begin = datetime.combine(day, hours.begins, zone).astimezone(UTC)
        end = datetime.combine(day + over_midnight, hours.ends, zone).astimezone(UTC)
        if day.isoweekday() in hours.weekdays and begin <= loud_from < end:
            loud_from = end
    return loud_from if loud_from > moment else None
