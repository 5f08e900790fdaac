"""Our arithmetic against a slow count, minute by minute, on random cases."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.worktime import windows
from app.worktime.calendar import Calendar, Holidays, default_calendar
from app.worktime.limits import Pace
from tests.worktime import reference

CHINA = ZoneInfo("Asia/Shanghai")
NIGHT_SHIFTS = [
    "00:00-00:20",
    "00:30-01:35",
    "01:40-02:15",
    "02:20-02:40",
    "21:00-23:10",
    "23:20-24:00",
]


def test_ten_thousand_cases_agree_across_holidays_and_make_up_days() -> None:
    slow, calendar = reference.office_2025_2026(), default_calendar(CHINA)
    chance = random.Random(20261124)
    for _ in range(10_000):
        start = slow.moment(chance.randrange(0, 680 * 1440))
        end = start + timedelta(minutes=chance.randrange(0, 45 * 1440))
        minutes = chance.choice((1, 30, 60, 240, 480, 2400, chance.randrange(1, 7200)))
        assert calendar.elapsed(Pace.WORK, start, end) == slow.elapsed(start, end), (start, end)
        added = calendar.add(Pace.WORK, start, timedelta(minutes=minutes))
        assert added == slow.add(start, minutes), (start, minutes)


@pytest.mark.parametrize(
    ("zone", "why"),
    [
        ("America/New_York", "an hour is skipped at 02:00 and another repeated"),
        ("Australia/Lord_Howe", "half an hour is skipped and repeated"),
        ("America/Havana", "midnight does not exist, and another comes twice"),
        ("America/Santiago", "the hour before midnight comes twice"),
        ("Asia/Kathmandu", "an offset of 5:45"),
    ],
)
def test_wall_clocks_that_jump_agree_too(zone: str, why: str) -> None:
    parsed = windows.parse(NIGHT_SHIFTS)
    calendar = Calendar(ZoneInfo(zone), (parsed,) * 6 + ((),), holidays=Holidays.NONE)
    minutes = {minute for start, end in parsed for minute in range(start, end)}
    slow = reference.shifts(ZoneInfo(zone), 2026, minutes)
    chance = random.Random(zone)
    for _ in range(1000):
        start = slow.moment(chance.randrange(0, 300 * 1440))
        end = start + timedelta(minutes=chance.randrange(0, 3 * 1440))
        assert calendar.elapsed(Pace.WORK, start, end) == slow.elapsed(start, end), (why, start)
        amount = chance.randrange(1, 3000)
        added = calendar.add(Pace.WORK, start, timedelta(minutes=amount))
        assert added == slow.add(start, amount), (why, start)
    whole = slow.moment(0), slow.moment(len(slow.flags))
    assert calendar.elapsed(Pace.WORK, *whole) == slow.elapsed(*whole)


def test_a_date_that_a_zone_skipped_has_no_work_time() -> None:
    samoa = Calendar(
        ZoneInfo("Pacific/Apia"), (windows.parse(["00:00-24:00"]),) * 7, holidays=Holidays.NONE
    )
    assert samoa.day(date(2011, 12, 30)).works
    year = samoa.zone
    start, end = (datetime(2011, 12, day, tzinfo=year) for day in (29, 31))
    assert samoa.elapsed(Pace.WORK, start, end) == timedelta(days=1)


def test_every_day_of_the_published_table_agrees() -> None:
    calendar, day = default_calendar(CHINA), date(2025, 1, 1)
    while day.year < 2027:
        assert calendar.day(day).works is reference.works(day), day
        day += timedelta(days=1)
