"""Work time counted minute by minute, slowly and from plain lists; shares no code with the app."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

MINUTE = timedelta(minutes=1)
AHEAD = 60 * 24 * 60


def _days(*spans: tuple[str, str]) -> set[date]:
    found: set[date] = set()
    for first, last in spans:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            found.add(day)
            day += timedelta(days=1)
    return found


# General Office of the State Council: notices of 12 November 2024 and 4 November 2025
# (国办发明电〔2024〕12号, 〔2025〕7号).
REST = _days(
    ("2025-01-01", "2025-01-01"),
    ("2025-01-28", "2025-02-04"),
    ("2025-04-04", "2025-04-06"),
    ("2025-05-01", "2025-05-05"),
    ("2025-05-31", "2025-06-02"),
    ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)
MAKE_UP = _days(
    *(
        (day, day)
        for day in (
            "2025-01-26",
            "2025-02-08",
            "2025-04-27",
            "2025-09-28",
            "2025-10-11",
            "2026-01-04",
            "2026-02-14",
            "2026-02-28",
            "2026-05-09",
            "2026-09-20",
            "2026-10-10",
        )
    )
)


def works(day: date) -> bool:
    """Whether people work on a day of 2025 or 2026 in China."""
    return day in MAKE_UP or (day.isoweekday() <= 5 and day not in REST)


class Reference:
    """One flag for every minute from a moment on: does the clock run?"""

    def __init__(self, first: datetime, flags: Sequence[bool]) -> None:
        self.first = first
        self.flags = np.array(flags, dtype=bool)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        return MINUTE * int(np.count_nonzero(self.flags[self._at(start) : self._at(end)]))

    def add(self, start: datetime, minutes: int) -> datetime:
        """The end of the minute in which the last of so many open minutes passes."""
        after = self._at(start)
        open_ones = np.flatnonzero(self.flags[after : after + AHEAD])
        return self.moment(after + int(open_ones[minutes - 1]) + 1)

    def moment(self, index: int) -> datetime:
        return self.first + MINUTE * index

    def _at(self, moment: datetime) -> int:
        return round((moment - self.first) / MINUTE)


def office_2025_2026() -> Reference:
    """08:00–12:00 and 14:00–18:00 in China, which keeps one offset all year."""
    first = datetime(2024, 12, 31, 16, tzinfo=UTC)
    day, flags = date(2025, 1, 1), []
    while day.year < 2027:
        for hour in range(24):
            flags += [works(day) and (8 <= hour < 12 or 14 <= hour < 18)] * 60
        day += timedelta(days=1)
    return Reference(first, flags)


def shifts(zone: ZoneInfo, year: int, open_minutes: set[int]) -> Reference:
    """These minutes of every local day from Monday to Saturday, asked of the local wall clock."""
    moment, flags = datetime(year, 1, 1, 12, tzinfo=UTC), []
    while moment < datetime(year, 12, 31, 12, tzinfo=UTC):
        local = moment.astimezone(zone)
        flags.append(local.isoweekday() <= 6 and local.hour * 60 + local.minute in open_minutes)
        moment += MINUTE
    return Reference(datetime(year, 1, 1, 12, tzinfo=UTC), flags)
