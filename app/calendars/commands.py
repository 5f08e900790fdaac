"""`wangge calendar …`."""

from calendar import monthcalendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Annotated

import typer
from rich.columns import Columns
from rich.table import Table
from rich.text import Text

from app import db, terminal
from app.calendars import queries
from app.worktime import windows
from app.worktime.calendar import Calendar, Day, Week, Why

calendar = typer.Typer(no_args_is_help=True, help="The city's calendar.")
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
STYLES = {
    Why.WEEKDAY: ("", "usual working day"),
    Why.WEEKEND: ("bright_black", "usual day of rest"),
    Why.HOLIDAY: ("bold red", "public holiday"),
    Why.MAKE_UP: ("bold yellow", "make-up workday"),
    Why.CITY: ("bold magenta", "the city's own day"),
}


@calendar.command("show")
def show(
    year: Annotated[int | None, typer.Option(min=1900, max=9000, help="Default: this year")] = None,
) -> None:
    """Print a year: work, rest, holidays, make-up workdays, the city's own days."""
    chosen = terminal.run(_current())
    year = year or datetime.now(UTC).astimezone(chosen.zone).year
    out = terminal.console
    out.print(f"[bold]{year}[/], {chosen.zone}, calendar version {chosen.version}")
    out.print(Columns([_month(chosen, year, month) for month in range(1, 13)], padding=(1, 3)))
    out.print(Text("   ").join(Text(f"■ {words}", style) for style, words in STYLES.values()))
    for line in [*_hours(chosen), *_named(chosen, year)]:
        out.print(line)
    if chosen.estimated(year):
        terminal.say(f"[yellow]![/] The public holidays of {year} are not known: an estimate.")


async def _current() -> Calendar:
    async with db.transaction() as session:
        return await queries.current_within(session)


def _month(chosen: Calendar, year: int, month: int) -> Table:
    table = Table(*WEEKDAYS, title=f"{year}-{month:02}", box=None, padding=(0, 1, 0, 0))
    for week in monthcalendar(year, month):
        days = [chosen.day(date(year, month, number)) if number else None for number in week]
        table.add_row(*(Text(f"{day.date.day:2}", _style(day)) if day else "" for day in days))
    return table


def _style(day: Day) -> str:
    style, _ = STYLES[day.why]
    return f"{style} underline" if day.why is Why.CITY and day.works else style


def _hours(chosen: Calendar) -> Iterator[Text]:
    """The usual week, then the seasons; weekdays with the same windows together."""
    yield from _week("Usual hours", chosen.week)
    for season in chosen.seasons:
        first, last = ("-".join(f"{n:02}" for n in edge) for edge in (season.first, season.last))
        yield from _week(f"{season.name}, {first} to {last}", season.week)


def _week(title: str, week: Week) -> Iterator[Text]:
    yield Text(title, "bold")
    for day_windows, group in groupby(zip(WEEKDAYS, week, strict=True), key=itemgetter(1)):
        if day_windows:
            names = " ".join(name for name, _ in group)
            yield Text(f"  {names}: {' '.join(windows.texts(day_windows))}")


def _named(chosen: Calendar, year: int) -> Iterator[Text]:
    """Days with a name; those in a row that are alike on one line."""
    first, following = date(year, 1, 1), date(year + 1, 1, 1)
    days = (chosen.day(first + timedelta(n)) for n in range((following - first).days))
    for words, alike in groupby(days, key=_words):
        group = list(alike)
        if words:
            span = dict.fromkeys(f"{day.date:%m-%d %a}" for day in (group[0], group[-1]))
            yield Text(" to ".join(span)).append(f"  {words}", _style(group[0]))


def _words(day: Day) -> str:
    worked = f"work {' '.join(windows.texts(day.windows))}" if day.works else "rest"
    return f"{day.name}: {worked}" if day.name else ""
