"""China's public holidays and make-up workdays, as the State Council publishes them each year."""

from datetime import date
from typing import NamedTuple

from chinese_calendar import Holiday, holidays, workdays

KNOWN_YEARS = tuple(sorted({day.year for day in holidays}))
_CHINESE = {holiday.value: holiday.chinese for holiday in Holiday}


class National(NamedTuple):
    """What the table says of a day: rest, or work to make up for a long holiday."""

    works: bool
    name: str
    name_en: str


def find(day: date) -> National | None:
    """The table's word on a day; None leaves it to the weekday."""
    if (name := workdays.get(day)) is not None:
        return National(True, _CHINESE[name], name)
    if (name := holidays.get(day)) is not None:
        return National(False, _CHINESE[name], name)
    return None


def known(year: int) -> bool:
    """Whether the table of a year is published; without it only weekends rest."""
    return year in KNOWN_YEARS
