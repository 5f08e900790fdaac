"""`wangge demo …`."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app import terminal
from app.demo import cases as played
from app.demo import city
from app.demo.people import PASSWORD

demo = typer.Typer(no_args_is_help=True, help="The demonstration: a sample city at work.")


@demo.command()
def load(
    empty: Annotated[bool, typer.Option("--empty", help="Without cases")] = False,
) -> None:
    """Load the sample city, its people, and cases if there are none (WANGGE_ENV=demo only)."""
    logins = terminal.run(city.load())
    if not empty and not terminal.run(played.any_yet()):
        cases()
    table = Table("account", "password", "role", "name", title="Demo accounts")
    for login in logins:
        table.add_row(login.username, PASSWORD, login.role, login.name)
    terminal.console.print(table)


@demo.command()
def cases(
    waiting: Annotated[
        int, typer.Option("--open", min=1, max=5000, help="About so many that wait somewhere")
    ] = played.OPEN,
    ended: Annotated[
        int, typer.Option(min=0, max=20_000, help="So many that went the whole way")
    ] = played.ENDED,
    days: Annotated[int, typer.Option(min=2, max=90, help="Within so many days")] = played.DAYS,
) -> None:
    """Make more cases by the real rules, up to this moment (WANGGE_ENV=demo only)."""
    with terminal.bar("demo cases", waiting + ended) as progress:
        task = progress.task_ids[0]
        done = played.make(waiting, ended, days, lambda count: progress.advance(task, count))
        outcome = terminal.run(done)
    for found in outcome.surprises:
        where = f"{found.story} {found.number}, {found.step}: {found.words}"
        terminal.say(f"[bold red]not as planned:[/] {escape(where)}")
