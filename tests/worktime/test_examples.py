"""Deadlines worked out with a pencil from the State Council's calendar; `why` is the reckoning."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.worktime import windows
from app.worktime.calendar import (
    OFFICE_WEEK,
    Calendar,
    CityDay,
    Holidays,
    NeverAgain,
    Season,
    Why,
    default_calendar,
)
from app.worktime.limits import Limit, LimitUnit, Pace

CHINA = ZoneInfo("Asia/Shanghai")
USUAL = default_calendar(CHINA)


def on_weekdays(*texts: str) -> tuple[tuple[windows.Window, ...], ...]:
    return (windows.parse(texts),) * 5 + ((), ())


SEASONS = Calendar(
    CHINA,
    OFFICE_WEEK,
    (
        Season("高温", (2026, 7, 6), (2026, 7, 10), on_weekdays("06:00-10:00", "16:00-20:00")),
        Season("夏季", (6, 1), (8, 31), on_weekdays("08:00-12:00", "14:30-18:30")),
        Season("冬季", (11, 1), (2, 29), on_weekdays("09:00-12:00", "13:00-18:00")),
    ),
)
SIX_DAYS = Calendar(
    CHINA, (*OFFICE_WEEK[:5], windows.parse(["08:00-12:00"]), ()), hours_per_day=Decimal(7)
)
NIGHTS = Calendar(CHINA, (windows.parse(["00:00-02:00", "18:00-24:00"]),) * 7)
CITY = Calendar(
    CHINA,
    OFFICE_WEEK,
    days={
        date(2026, 3, 3): CityDay(False, "全市停电检修"),
        date(2026, 3, 7): CityDay(True, "创文突击", windows.parse(["09:00-12:00"])),
        date(2026, 10, 1): CityDay(True, "国庆值守"),
        date(2026, 10, 10): CityDay(False, "地方放假"),
    },
    hours_per_day=Decimal("7.5"),
)


def amount(text: str) -> Limit:
    """`2wd` is 2 work days; wh, uh and ud are work hours, urgent hours and urgent days."""
    units = {"wh": "work_hour", "wd": "work_day", "uh": "urgent_hour", "ud": "urgent_day"}
    return Limit(Decimal(text[:-2]), LimitUnit(units[text[-2:]]))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


ORDINARY = [
    ("2026-03-02 08:00", "1wd", "2026-03-02 18:00", "Mon at opening: 4 + 4, to the day's end"),
    ("2026-03-02 09:00", "1wd", "2026-03-03 09:00", "Mon 3 + 4, Tue 1"),
    ("2026-03-06 17:00", "1wd", "2026-03-09 17:00", "Fri 1, Mon 4 + 3"),
    ("2026-03-07 10:00", "1wd", "2026-03-09 18:00", "Sat does not count: all of Mon"),
    ("2026-03-08 23:59", "4wh", "2026-03-09 12:00", "Sun night: Mon morning, to its end"),
    ("2026-03-02 12:30", "2wh", "2026-03-02 16:00", "in the lunch break: from 14:00"),
    ("2026-03-02 12:00", "1wh", "2026-03-02 15:00", "exactly at a window's end: from 14:00"),
    ("2026-03-02 14:00", "4wh", "2026-03-02 18:00", "exactly at a window's start"),
    ("2026-03-02 18:00", "1wh", "2026-03-03 09:00", "exactly at the day's end: from Tue 08:00"),
    ("2026-03-02 11:00", "1wh", "2026-03-02 12:00", "ends with the window, not at 14:00"),
    ("2026-03-02 11:00", "2wh", "2026-03-02 15:00", "1 before lunch, 1 after"),
    ("2026-03-02 07:30", "0.5wh", "2026-03-02 08:30", "before opening: from 08:00"),
    ("2026-03-02 17:59", "1wh", "2026-03-03 08:59", "1 minute on Mon, 59 on Tue"),
    ("2026-03-02 08:00", "5wd", "2026-03-06 18:00", "Mon to Fri"),
    ("2026-03-02 10:30", "7wd", "2026-03-11 10:30", "7 working days later: Wed, same time"),
    ("2026-07-01 08:00", "15wd", "2026-07-21 18:00", "July 1-3, 6-10, 13-17, 20, 21"),
    ("2026-03-06 23:00", "2uh", "2026-03-07 01:00", "urgent hours run through the night"),
    ("2026-10-01 03:00", "4uh", "2026-10-01 07:00", "and through holidays"),
    ("2026-09-30 17:00", "1ud", "2026-10-01 17:00", "an urgent day is 24 hours"),
    ("2026-02-16 20:00", "0.5ud", "2026-02-17 08:00", "half of it is 12"),
]
HOLIDAYS = [
    ("2026-09-30 17:00", "1wd", "2026-10-08 17:00", "Wed 1; 1-7 Oct rest; Thu 4 + 3"),
    ("2026-10-09 17:00", "1wd", "2026-10-10 17:00", "Fri 1; Sat is worked for 国庆: 7"),
    ("2026-10-10 17:00", "2wh", "2026-10-12 09:00", "make-up Sat 1; Sun rests; Mon 1"),
    ("2026-09-19 10:00", "1wd", "2026-09-20 18:00", "Sat rests; Sun is worked for 国庆"),
    ("2026-09-24 17:30", "4wh", "2026-09-28 11:30", "Thu 0.5; 中秋 Fri-Sun; Mon 3.5"),
    ("2026-02-13 17:00", "3wd", "2026-02-25 17:00", "1 + make-up Sat 8; 15-23 rest; 8 + 7"),
    ("2026-02-27 18:00", "1wd", "2026-02-28 18:00", "Sat 28 is worked for 春节"),
    ("2025-12-31 16:00", "1wd", "2026-01-04 16:00", "Wed 2; 1-3 rest; make-up Sun 4 + 2"),
    ("2026-04-03 15:00", "5wh", "2026-04-07 10:00", "Fri 3; 清明 Sat-Mon; Tue 2"),
    ("2026-04-30 18:00", "2wd", "2026-05-07 18:00", "1-5 May rest; Wed and Thu"),
    ("2026-05-08 18:00", "4wh", "2026-05-09 12:00", "Sat 9 is worked for 劳动节"),
    ("2026-06-18 14:00", "1wd", "2026-06-22 12:00", "Thu 4; 端午 Fri-Sun; Mon 4"),
    ("2025-01-25 09:00", "2wd", "2025-01-27 18:00", "Sat rests; Sun is worked for 春节; Mon"),
    ("2025-01-27 18:00", "1wd", "2025-02-05 18:00", "28 Jan - 4 Feb rest; Wed 5"),
    ("2025-02-07 17:00", "2wh", "2025-02-08 09:00", "Fri 1; make-up Sat 1"),
    ("2025-04-26 12:00", "1wh", "2025-04-27 09:00", "Sun 27 is worked for 劳动节"),
    ("2025-05-30 17:00", "2wh", "2025-06-03 09:00", "Fri 1; 端午 Sat-Mon; Tue 1"),
    ("2025-09-30 18:00", "15wd", "2025-10-28 18:00", "9, 10, make-up 11, 13-17, 20-24, 27, 28"),
    ("2026-12-31 17:00", "1wd", "2027-01-01 17:00", "2027 is not published: Fri is a weekday"),
]


@pytest.mark.parametrize(("start", "limit", "due", "why"), ORDINARY + HOLIDAYS)
def test_deadlines_of_the_usual_calendar(start: str, limit: str, due: str, why: str) -> None:
    found = amount(limit)
    begins, time = local(start), USUAL.duration(found)
    assert USUAL.add(found.pace, begins, time) == local(due), why
    assert USUAL.elapsed(found.pace, begins, local(due)) == time, why


@pytest.mark.parametrize(
    ("calendar", "start", "limit", "due", "why"),
    [
        (SEASONS, "2026-06-01 12:00", "1wh", "2026-06-01 15:30", "summer begins: from 14:30"),
        (SEASONS, "2026-05-29 17:00", "2wh", "2026-06-01 09:00", "Fri 1 until 18:00; Mon 1"),
        (SEASONS, "2026-08-31 18:00", "1wh", "2026-09-01 08:30", "summer to 18:30; then 08:00"),
        (SEASONS, "2026-12-31 08:00", "3wh", "2026-12-31 12:00", "winter opens at 09:00"),
        (SEASONS, "2026-01-07 12:30", "1wh", "2026-01-07 14:00", "winter lasts over New Year"),
        (SEASONS, "2026-02-28 08:00", "3wh", "2026-02-28 12:00", "make-up Sat in winter hours"),
        (SEASONS, "2026-03-02 12:30", "1wh", "2026-03-02 15:00", "winter is over"),
        (SEASONS, "2026-07-03 18:00", "4wh", "2026-07-06 09:30", "Fri 0.5; Mon from 06:00 3.5"),
        (SEASONS, "2027-07-05 07:00", "1wh", "2027-07-05 09:00", "the heat of 2026 is dated"),
        (SIX_DAYS, "2026-03-06 18:00", "5wh", "2026-03-09 09:00", "Sat morning 4; Mon 1"),
        (SIX_DAYS, "2026-10-09 18:00", "5wh", "2026-10-10 15:00", "a make-up Sat is a full day"),
        (SIX_DAYS, "2026-10-02 18:00", "5wh", "2026-10-08 15:00", "a holiday Sat rests"),
        (NIGHTS, "2026-03-02 23:00", "2wh", "2026-03-03 01:00", "a night shift passes midnight"),
        (NIGHTS, "2026-03-02 18:00", "6wh", "2026-03-03 00:00", "and may end with the day"),
        (NIGHTS, "2026-03-03 02:00", "1wh", "2026-03-03 19:00", "it ends at 02:00"),
        (CITY, "2026-03-02 17:00", "2wh", "2026-03-04 09:00", "Mon 1; Tue rests; Wed 1"),
        (CITY, "2026-03-06 18:00", "4wh", "2026-03-09 09:00", "Sat 3 in its own hours; Mon 1"),
        (CITY, "2026-09-30 18:00", "8wh", "2026-10-01 18:00", "the city works on 1 Oct: 4 + 4"),
        (CITY, "2026-10-09 18:00", "1wh", "2026-10-12 09:00", "the city rests on a make-up day"),
        (CITY, "2026-03-16 08:00", "1wd", "2026-03-16 17:30", "its work day has 7.5 hours"),
        (CITY, "2026-03-03 09:00", "1ud", "2026-03-04 09:00", "an urgent day keeps 24"),
    ],
)
def test_deadlines_of_other_calendars(
    calendar: Calendar, start: str, limit: str, due: str, why: str
) -> None:
    found = amount(limit)
    assert calendar.add(found.pace, local(start), calendar.duration(found)) == local(due), why


@pytest.mark.parametrize(
    ("zone", "start", "due", "why"),
    [
        ("Europe/Berlin", "2026-03-28 12:00", "2026-03-29 13:00", "the night has 23 hours"),
        ("Europe/Berlin", "2026-10-24 12:00", "2026-10-25 11:00", "the night has 25 hours"),
    ],
)
def test_an_urgent_day_is_24_real_hours(zone: str, start: str, due: str, why: str) -> None:
    place = ZoneInfo(zone)
    begins, ends = (datetime.fromisoformat(text).replace(tzinfo=place) for text in (start, due))
    assert USUAL.add(Pace.WALL, begins, timedelta(hours=24)).astimezone(place) == ends, why
    assert USUAL.elapsed(Pace.WALL, begins, ends) == timedelta(hours=24), why


@pytest.mark.parametrize(
    ("moment", "aligned"),
    [
        ("2026-03-02 08:00", "2026-03-02 08:00"),
        ("2026-03-02 11:59", "2026-03-02 11:59"),
        ("2026-03-02 12:00", "2026-03-02 14:00"),
        ("2026-03-02 18:00", "2026-03-03 08:00"),
        ("2026-09-30 18:00", "2026-10-08 08:00"),
        ("2026-12-31 18:00", "2027-01-01 08:00"),
    ],
)
def test_a_start_outside_a_window_aligns_to_the_next(moment: str, aligned: str) -> None:
    assert USUAL.align(Pace.WORK, local(moment)) == local(aligned)
    assert USUAL.align(Pace.WALL, local(moment)) == local(moment)


@pytest.mark.parametrize(
    ("day", "why", "name", "works"),
    [
        ("2026-03-02", Why.WEEKDAY, "", True),
        ("2026-03-08", Why.WEEKEND, "", False),
        ("2026-03-07", Why.CITY, "创文突击", True),
        ("2026-03-03", Why.CITY, "全市停电检修", False),
        ("2026-10-01", Why.CITY, "国庆值守", True),
        ("2026-10-02", Why.HOLIDAY, "国庆节", False),
        ("2026-10-10", Why.CITY, "地方放假", False),
        ("2026-09-20", Why.MAKE_UP, "国庆节", True),
    ],
)
def test_the_city_beats_holidays_and_holidays_beat_weekdays(
    day: str, why: Why, name: str, works: bool
) -> None:
    found = CITY.day(date.fromisoformat(day))
    assert (found.why, found.name, found.works) == (why, name, works)


def test_an_unpublished_year_is_told_to_be_an_estimate() -> None:
    assert not USUAL.day(date(2026, 12, 31)).estimated
    assert USUAL.day(date(2027, 1, 1)).estimated
    abroad = Calendar(CHINA, OFFICE_WEEK, holidays=Holidays.NONE)
    assert not abroad.day(date(2027, 1, 1)).estimated
    assert abroad.day(date(2026, 10, 1)).works
    decided = Calendar(CHINA, OFFICE_WEEK, days={date(2027, 1, 1): CityDay(False, "元旦")})
    assert not decided.day(date(2027, 1, 1)).estimated


@pytest.mark.parametrize(
    ("text", "label", "pace"),
    [
        ("2uh", "2紧急工作时", Pace.WALL),
        ("1ud", "1紧急工作日", Pace.WALL),
        ("4.0wh", "4工作时", Pace.WORK),
        ("10wd", "10工作日", Pace.WORK),
        ("0.5wd", "0.5工作日", Pace.WORK),
    ],
)
def test_limits_read_as_the_standard_prints_them(text: str, label: str, pace: Pace) -> None:
    assert (amount(text).label, amount(text).pace) == (label, pace)


@pytest.mark.parametrize("text", ["0wd", "-1wh", "NaNuh", "Infinityud"])
def test_a_limit_is_a_finite_amount_above_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="larger than 0"):
        amount(text)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["8:00-12:00"], "is no window"),
        (["0٨:00-12:00"], "is no window"),
        (["12:00-08:00"], "is no window"),
        (["08:00-08:00"], "is no window"),
        (["20:00-24:30"], "is no window"),
        (["08:00-12:60"], "is no window"),
        (["08:00-12:00", "11:00-15:00"], "overlap at 11:00"),
    ],
)
def test_wrong_windows_are_refused_by_name(texts: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        windows.parse(texts)


def test_windows_are_sorted_and_print_as_they_were_written() -> None:
    written = ["14:00-18:00", "08:00-12:00", "18:00-24:00"]
    assert windows.texts(windows.parse(written)) == sorted(written)


def test_a_calendar_without_work_time_says_so_instead_of_searching_on() -> None:
    never = Calendar(CHINA, ((),) * 7)
    with pytest.raises(NeverAgain):
        never.add(Pace.WORK, local("2026-03-02 08:00"), timedelta(hours=1))
    with pytest.raises(NeverAgain):
        never.align(Pace.WORK, local("2026-03-02 08:00"))
