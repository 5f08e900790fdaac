"""Quiet hours as a question of the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.notices.quiet import QuietHours, until

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVERY_DAY = range(1, 8)
NIGHT = QuietHours(time(22), time(7, 30), EVERY_DAY)
CLOCKS = st.times().map(lambda t: t.replace(second=0, microsecond=0))
HOURS = st.builds(QuietHours, CLOCKS, CLOCKS, st.frozensets(st.integers(1, 7), min_size=1)).filter(
    lambda hours: hours.begins != hours.ends
)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=730)).map(lambda after: NEW_YEAR + after)
ZONES = st.sampled_from(
    [SHANGHAI, *map(ZoneInfo, ("America/New_York", "Australia/Lord_Howe", "Pacific/Apia"))]
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-11-20T21:59", None),
        ("2026-11-20T22:00", "2026-11-21T07:30"),
        ("2026-11-20T23:59", "2026-11-21T07:30"),
        ("2026-11-21T00:00", "2026-11-21T07:30"),
        ("2026-11-21T07:29", "2026-11-21T07:30"),
        ("2026-11-21T07:30", None),
    ],
)
def test_a_night_runs_past_midnight(at: str, ends: str | None) -> None:
    assert until(NIGHT, local(at), SHANGHAI) == (local(ends) if ends else None)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        ("2026-11-20T23:00", True),  # Friday evening
        ("2026-11-21T06:00", True),  # Saturday morning: Friday's night
        ("2026-11-21T23:00", False),  # Saturday evening
        ("2026-11-22T06:00", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(at: str, quiet: bool) -> None:
    hours = QuietHours(time(22), time(7, 30), [5])
    assert (until(hours, local(at), SHANGHAI) is not None) is quiet


def test_without_quiet_hours_nothing_waits() -> None:
    assert until(None, local("2026-11-20T23:00"), SHANGHAI) is None


@given(hours=HOURS, at=MOMENTS, zone=ZONES)
@example(
    hours=QuietHours(time(3, 10), time(2, 30), EVERY_DAY),
    at=datetime(2026, 3, 8, 5, tzinfo=UTC),
    zone=ZoneInfo("America/New_York"),
)
def test_quiet_ends_once_and_in_the_future(hours: QuietHours, at: datetime, zone: ZoneInfo) -> None:
    end = until(hours, at, zone)
    if end is not None:
        assert at < end < at + timedelta(days=3)
        assert until(hours, end, zone) is None
        assert until(hours, end - timedelta(microseconds=1), zone) == end


@given(hours=HOURS, at=MOMENTS)
def test_it_is_quiet_exactly_when_the_local_clock_says_so(hours: QuietHours, at: datetime) -> None:
    clock = at.astimezone(SHANGHAI)
    now, today = clock.time(), clock.isoweekday()
    yesterday = today - 1 or 7
    if hours.begins < hours.ends:
        quiet = today in hours.weekdays and hours.begins <= now < hours.ends
    else:
        quiet = (today in hours.weekdays and now >= hours.begins) or (
            yesterday in hours.weekdays and now < hours.ends
        )
    end = until(hours, at, SHANGHAI)
    assert (end is not None) is quiet
    if end is not None:
        assert end.astimezone(SHANGHAI).time() == hours.ends
