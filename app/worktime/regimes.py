"""A local day as stretches of one offset from UTC: two on the day that clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Regime = tuple[timedelta, datetime, datetime]
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def regimes(zone: ZoneInfo, day: date) -> tuple[Regime, ...]:
    """The offsets of a day and from when to when (UTC) each of them holds."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    before = _offset(midnight)
    after = _offset(midnight + timedelta(days=1))
    if before == after:
        return ((before, _FIRST, _LAST),)
    change = _change(zone, midnight.astimezone(UTC), before)
    return (before, _FIRST, change), (after, change, _LAST)


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta(0)


def _change(zone: ZoneInfo, midnight: datetime, before: timedelta) -> datetime:
    """The second from which the offset is another one, found by halving."""
    low, high = -1, 26 * 3600
    while high - low > 1:
        middle = (low + high) // 2
        there = (midnight + timedelta(seconds=middle)).astimezone(zone)
        low, high = (middle, high) if _offset(there) == before else (low, middle)
    return midnight + timedelta(seconds=high)
