"""One stage clock: pauses, extensions, lights, and what cannot happen."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.worktime.calendar import default_calendar
from app.worktime.clock import Clock, IllegalEvent, Light, Part
from app.worktime.limits import Pace

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = default_calendar(CHINA)
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    """A moment of March 2026, when the 2nd is a Monday: `06 16:00`."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=CHINA)


def work_day(start: str) -> Clock:
    return Clock.start(Pace.WORK, 8 * HOUR, at(start))


def test_a_pause_over_the_weekend_in_work_time() -> None:
    clock = work_day("06 16:00").pause(at("06 17:00"), "退回").resume(at("09 10:00"), "重派")
    assert clock.due(CALENDAR) == at("10 09:00"), "Fri 1; Mon 2 + 4; Tue 1"
    assert clock.used(CALENDAR, at("09 12:00")) == 3 * HOUR


def test_a_pause_over_the_weekend_in_wall_time() -> None:
    clock = Clock.start(Pace.WALL, 24 * HOUR, at("06 16:00"))
    clock = clock.pause(at("06 18:00")).resume(at("09 08:00"))
    assert clock.due(CALENDAR) == at("10 06:00"), "2 hours before, 22 after"


def test_a_pause_within_a_break_costs_nothing() -> None:
    clock = work_day("02 08:00").pause(at("02 12:10")).resume(at("02 13:50"))
    assert clock.due(CALENDAR) == at("02 18:00")


def test_an_extension_adds_to_the_total_even_while_paused() -> None:
    clock = work_day("02 08:00").extend(4 * HOUR, at("02 09:00"), "雨天")
    assert clock.total == 12 * HOUR
    assert clock.due(CALENDAR) == at("03 12:00"), "Mon 8; Tue 4"
    clock = clock.pause(at("02 18:00")).extend(HOUR, at("03 09:00")).resume(at("04 08:00"))
    assert clock.due(CALENDAR) == at("04 15:00"), "Mon 8; Wed 4 + 1"


def test_nothing_is_due_while_paused_or_after_the_end() -> None:
    clock = work_day("02 08:00").pause(at("02 10:00"))
    assert (clock.running, clock.paused, clock.stopped) == (False, True, False)
    assert clock.due(CALENDAR) is clock.at_share(CALENDAR, 0.8) is None
    assert clock.used(CALENDAR, at("20 10:00")) == 2 * HOUR
    clock = clock.stop(at("02 11:00"))
    assert (clock.running, clock.paused, clock.stopped) == (False, False, True)
    assert clock.due(CALENDAR) is None
    assert clock.used(CALENDAR, at("20 10:00")) == 2 * HOUR


@pytest.mark.parametrize(
    ("moment", "light"),
    [
        ("02 07:00", Light.GREEN),
        ("02 16:23", Light.GREEN),
        ("02 16:24", Light.YELLOW),
        ("02 18:00", Light.YELLOW),
        ("02 18:01", Light.RED),
        ("03 09:00", Light.RED),
    ],
)
def test_lights_change_at_four_fifths_and_after_the_due_moment(moment: str, light: Light) -> None:
    """6.4 of 8 hours are used at 16:24. At 18:01 no more is used, but the moment is past."""
    clock = work_day("02 08:00")
    assert clock.at_share(CALENDAR, 0.8) == at("02 16:24")
    assert clock.due(CALENDAR) == at("02 18:00")
    assert clock.light(CALENDAR, at(moment)) is light


def test_stopped_at_the_due_moment_is_in_time_and_later_is_not() -> None:
    in_time, late = (work_day("02 08:00").stop(at(end)) for end in ("02 18:00", "02 20:00"))
    assert in_time.overdue_since(CALENDAR) is None
    assert in_time.light(CALENDAR, at("05 08:00")) is Light.YELLOW
    assert late.overdue_since(CALENDAR) == at("02 18:00")
    assert late.light(CALENDAR, at("05 08:00")) is Light.RED


def test_a_clock_paused_when_all_is_used_is_overdue_as_soon_as_it_runs_again() -> None:
    clock = work_day("02 08:00").pause(at("02 18:00"))
    assert clock.light(CALENDAR, at("04 08:00")) is Light.YELLOW
    clock = clock.resume(at("04 20:00"))
    assert clock.due(CALENDAR) == at("04 20:00")
    assert clock.light(CALENDAR, at("04 20:01")) is Light.RED


def test_an_overdue_clock_stays_overdue_through_a_pause_until_it_is_extended() -> None:
    clock = work_day("02 08:00").pause(at("03 09:00")).resume(at("05 08:00"))
    assert clock.due(CALENDAR) == at("02 18:00")
    assert clock.overdue_since(CALENDAR, at("05 08:00")) == at("02 18:00")
    clock = clock.extend(2 * HOUR, at("05 08:00"))
    assert clock.due(CALENDAR) == at("05 09:00"), "Mon 8; Tue 1; Thu 1"
    assert clock.overdue_since(CALENDAR, at("05 08:30")) is None


def test_a_running_clock_is_judged_at_the_given_moment() -> None:
    clock = work_day("02 08:00")
    assert clock.overdue_since(CALENDAR) is None
    assert clock.overdue_since(CALENDAR, at("04 08:00")) == at("02 18:00")


def test_segments_show_the_whole_reckoning() -> None:
    clock = work_day("06 16:00").pause(at("06 17:00"), "退回").extend(HOUR, at("07 09:00"), "复杂")
    clock = clock.resume(at("09 11:00")).stop(at("09 15:00"))
    first, pause, added, second = clock.segments(CALENDAR, at("20 00:00"))
    assert (first.kind, first.seconds) == (Part.RAN, 3600)
    assert first.windows == ((at("06 16:00"), at("06 17:00")),)
    assert (pause.kind, pause.start, pause.end) == (Part.PAUSED, at("06 17:00"), at("09 11:00"))
    assert (pause.seconds, pause.why) == (0, "退回")
    assert (added.kind, added.start, added.seconds) == (Part.ADDED, at("07 09:00"), 3600)
    assert added.why == "复杂"
    assert (second.kind, second.end, second.seconds) == (Part.RAN, at("09 15:00"), 7200)
    assert second.windows == (
        (at("09 11:00"), at("09 12:00")),
        (at("09 14:00"), at("09 15:00")),
    )
    assert [part.kind for part in clock.segments(CALENDAR, at("06 16:30"))] == [Part.RAN]


def test_segments_end_with_the_moment_asked_for_and_have_a_length() -> None:
    clock = work_day("02 08:00").extend(HOUR, at("02 09:00")).pause(at("02 10:00"))
    clock = clock.resume(at("02 10:00"))
    kinds = {
        text: [part.kind for part in clock.segments(CALENDAR, at(text))]
        for text in ("02 08:00", "02 08:59", "02 09:00", "02 10:00", "02 10:01")
    }
    assert kinds == {
        "02 08:00": [],
        "02 08:59": [Part.RAN],
        "02 09:00": [Part.RAN, Part.ADDED],
        "02 10:00": [Part.RAN, Part.ADDED],
        "02 10:01": [Part.RAN, Part.ADDED, Part.RAN],
    }


def test_a_wall_clock_needs_no_windows_to_be_checked() -> None:
    clock = Clock.start(Pace.WALL, HOUR, at("06 23:30"))
    (ran,) = clock.segments(CALENDAR, at("07 00:30"))
    assert (ran.seconds, ran.windows) == (3600, ())


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (("pause", "pause"), "pause cannot follow pause"),
        (("resume",), "resume cannot follow start"),
        (("stop", "stop"), "stop cannot follow stop"),
        (("stop", "resume"), "resume cannot follow stop"),
        (("stop", "pause"), "pause cannot follow stop"),
    ],
)
def test_nonsense_is_refused(steps: tuple[str, ...], message: str) -> None:
    clock = work_day("02 08:00")
    *before, last = steps
    for step in before:
        clock = getattr(clock, step)(at("02 09:00"))
    with pytest.raises(IllegalEvent, match=message):
        getattr(clock, last)(at("02 10:00"))


def test_time_never_runs_backwards_and_nothing_is_added_after_the_end() -> None:
    clock = work_day("02 08:00")
    with pytest.raises(IllegalEvent, match="lies before"):
        clock.pause(at("02 07:59"))
    with pytest.raises(IllegalEvent, match="larger than 0"):
        clock.extend(timedelta(0), at("02 09:00"))
    with pytest.raises(IllegalEvent, match="extend cannot follow stop"):
        clock.stop(at("02 09:00")).extend(HOUR, at("02 10:00"))
    with pytest.raises(IllegalEvent, match="larger than 0"):
        Clock.start(Pace.WORK, -HOUR, at("02 08:00"))
    with pytest.raises(IllegalEvent, match="time zone"):
        clock.pause(at("02 09:00").replace(tzinfo=None))


def test_moments_are_kept_in_utc_so_that_two_of_them_can_be_subtracted() -> None:
    clock = work_day("02 08:00")
    assert clock.events[0].at.tzinfo is UTC
    due = clock.due(CALENDAR)
    assert due is not None
    assert due.tzinfo is UTC
