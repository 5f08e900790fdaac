"""`wangge tallies …`."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from asyncpg import Record
from rich.table import Table

from app import db, terminal
from app.config import settings
from app.incidents import reader
from app.tallies import check as checks
from app.tallies import keeping

tallies = typer.Typer(no_args_is_help=True, help="Roll-ups: count anew, compare with the cases.")
PAUSE_SECONDS = 0.2
SHOWN = 50
DAY = typer.Option(formats=["%Y-%m-%d"])


@tallies.command()
def rebuild() -> None:
    """Forget all numbers and count the fact log from its beginning; workers may go on meanwhile."""
    counted = terminal.run(_rebuild())
    terminal.say(f"{counted:,} facts counted here; the roll-ups are up to date.")


async def _rebuild() -> int:
    total = (await db.hot("SELECT count(*)::int AS facts FROM fact"))[0]["facts"]
    counted = 0
    with terminal.bar("counting facts", total) as progress:
        await keeping.start_over()
        while await reader.behind(keeping.READER):
            facts = await keeping.read_on()
            progress.advance(progress.task_ids[0], facts)
            counted += facts
            if not facts:
                await asyncio.sleep(PAUSE_SECONDS)
    return counted


@tallies.command()
def check(
    since: Annotated[datetime | None, DAY] = None,
    until: Annotated[datetime | None, DAY] = None,
) -> None:
    """Compare the numbers of some days with the cases themselves; ends with 1 if any differs.

    By default from the beginning of last month on.
    """
    this_month = datetime.now(settings().zone).date().replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    first = since.date() if since else last_month
    found = terminal.run(checks.differences(first, until.date() if until else date(9000, 1, 1)))
    if found is None:
        terminal.fail("The log did not stand still long enough: try again at a quieter moment.")
    if found:
        terminal.console.print(_table(found))
        terminal.fail(f"{len(found):,} numbers differ; `wangge tallies rebuild` counts anew.")
    terminal.say("[green]✓[/] every number is what a count of the cases gives")


def _table(found: Sequence[Record]) -> Table:
    table = Table("span", "from", "area", "by", "value", "what", "kept", "counted")
    for row in found[:SHOWN]:
        table.add_row(*(str(part) for part in row.values()))
    return table
