"""What holds for every calendar, clock and moment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from app.worktime import windows
from app.worktime.calendar import Calendar, CityDay, Holidays, Season, default_calendar
from app.worktime.clock import Clock, Light, Part
from app.worktime.limits import Pace

SUMMER = Season(
    "夏季", (6, 1), (8, 31), (windows.parse(["08:00-12:00", "14:30-18:30"]),) * 5 + ((), ())
)
NIGHTS = (windows.parse(["00:00-03:00", "20:00-24:00"]),) * 7
CALENDARS = (
    default_calendar(ZoneInfo("Asia/Shanghai")),
    Calendar(
        ZoneInfo("Asia/Shanghai"),
        default_calendar(ZoneInfo("Asia/Shanghai")).week,
        (SUMMER,),
        {
            date(2026, 3, 3): CityDay(False, "停电"),
            date(2026, 3, 7): CityDay(True, "创文突击", windows.parse(["09:00-12:00"])),
        },
        Decimal("7.5"),
    ),
    Calendar(ZoneInfo("Europe/London"), NIGHTS, holidays=Holidays.NONE),
)
calendars = st.sampled_from(CALENDARS)
paces = st.sampled_from(Pace)
moments = st.timedeltas(timedelta(0), timedelta(days=1095)).map(
    lambda after: datetime(2025, 1, 1, tzinfo=UTC) + after
)
amounts = st.timedeltas(timedelta(microseconds=1), timedelta(hours=400))
gaps = st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), min_size=2, max_size=8)


@given(calendars, paces, moments, amounts)
def test_add_and_elapsed_are_inverse(
    calendar: Calendar, pace: Pace, start: datetime, amount: timedelta
) -> None:
    end = calendar.add(pace, start, amount)
    assert calendar.elapsed(pace, start, end) == amount
    just_before = end - timedelta(microseconds=1)
    assert calendar.elapsed(pace, start, just_before) < amount


@given(calendars, paces, moments, moments, moments)
def test_splitting_an_interval_adds_up(
    calendar: Calendar, pace: Pace, one: datetime, two: datetime, three: datetime
) -> None:
    start, middle, end = sorted((one, two, three))
    parts = calendar.elapsed(pace, start, middle) + calendar.elapsed(pace, middle, end)
    assert calendar.elapsed(pace, start, end) == parts
    assert calendar.elapsed(pace, end, start) == timedelta(0)


@given(calendars, paces, moments, moments, amounts, amounts)
def test_later_starts_and_larger_amounts_end_no_earlier(
    calendar: Calendar, pace: Pace, one: datetime, two: datetime, less: timedelta, more: timedelta
) -> None:
    (start, later), (less, more) = sorted((one, two)), sorted((less, more))
    assert calendar.add(pace, start, less) <= calendar.add(pace, later, less)
    assert calendar.add(pace, start, less) <= calendar.add(pace, start, more)


@given(calendars, moments, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_windows_are_ordered_cut_and_sum_to_what_elapsed(
    calendar: Calendar, start: datetime, length: timedelta
) -> None:
    end = start + length
    found = list(calendar.windows(start, end))
    edges = [edge for window in found for edge in window]
    assert edges == sorted(edges)
    assert all(start <= opens < closes <= end for opens, closes in found)
    total = sum((closes - opens for opens, closes in found), timedelta(0))
    assert total == calendar.elapsed(Pace.WORK, start, end)


@given(calendars, paces, moments)
def test_a_clock_runs_from_the_aligned_moment_on(
    calendar: Calendar, pace: Pace, moment: datetime
) -> None:
    aligned = calendar.align(pace, moment)
    assert aligned >= moment
    assert calendar.align(pace, aligned) == aligned
    assert calendar.elapsed(pace, moment, aligned) == timedelta(0)
    tick = timedelta(microseconds=1)
    assert calendar.elapsed(pace, aligned, aligned + tick) == tick


def paused_at_times(pace: Pace, limit: timedelta, start: datetime, gaps: list[timedelta]) -> Clock:
    """A clock that is paused and resumed in turn."""
    clock, at = Clock.start(pace, limit, start), start
    for index, gap in enumerate(gaps[: len(gaps) // 2 * 2]):
        at += gap
        clock = clock.resume(at) if index % 2 else clock.pause(at)
    return clock


@given(calendars, paces, moments, amounts, gaps)
def test_pausing_never_shortens_the_deadline(
    calendar: Calendar, pace: Pace, start: datetime, limit: timedelta, gaps: list[timedelta]
) -> None:
    straight = Clock.start(pace, limit, start).due(calendar)
    due = paused_at_times(pace, limit, start, gaps).due(calendar)
    assert straight is not None
    assert due is not None
    assert due >= straight


@given(calendars, paces, moments, amounts, gaps)
def test_exactly_the_total_is_used_when_it_is_due_and_red_comes_right_after(
    calendar: Calendar, pace: Pace, start: datetime, limit: timedelta, gaps: list[timedelta]
) -> None:
    clock = paused_at_times(pace, limit, start, gaps)
    due = clock.due(calendar)
    assert due is not None
    assert clock.used(calendar, due) == limit
    assert clock.light(calendar, due) is not Light.RED
    assert clock.light(calendar, due + timedelta(microseconds=1)) is Light.RED
    assert clock.overdue_since(calendar, due + timedelta(microseconds=1)) == due


@given(calendars, paces, moments, amounts, gaps, amounts)
def test_an_extension_moves_the_deadline_by_itself(
    calendar: Calendar,
    pace: Pace,
    start: datetime,
    limit: timedelta,
    gaps: list[timedelta],
    more: timedelta,
) -> None:
    clock = paused_at_times(pace, limit, start, gaps)
    due = clock.due(calendar)
    assert due is not None
    last = clock.events[-1].at
    assume(due > last)
    longer = clock.extend(more, last).due(calendar)
    assert longer == calendar.add(pace, due, more)


@given(calendars, paces, moments, amounts, gaps, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_segments_sum_to_what_was_used(
    calendar: Calendar,
    pace: Pace,
    start: datetime,
    limit: timedelta,
    gaps: list[timedelta],
    after: timedelta,
) -> None:
    clock = paused_at_times(pace, limit, start, gaps)
    until = start + after
    segments = clock.segments(calendar, until)
    ran = sum((timedelta(seconds=s.seconds) for s in segments if s.kind is Part.RAN), timedelta(0))
    assert ran == clock.used(calendar, until)
    assert sum((s.end - s.start for s in segments), timedelta(0)) == after


@given(paces, moments, amounts, gaps, amounts)
def test_a_clock_survives_its_column(
    pace: Pace, start: datetime, limit: timedelta, gaps: list[timedelta], more: timedelta
) -> None:
    clock = paused_at_times(pace, limit, start, gaps)
    clock = clock.extend(more, clock.events[-1].at, "雨天").stop(clock.events[-1].at)
    assert Clock.from_json(clock.to_json()) == clock
