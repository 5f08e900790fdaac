"""`wangge simulate …`."""

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape

from app import terminal
from app.incidents.commands import told_verdict
from app.simulation import report
from app.simulation.simulate import Result, day_of
from app.simulation.simulate import simulate as simulate_day
from app.simulation.stories import STORIES

simulate = typer.Typer(no_args_is_help=True, help="Days that never were, by the real rules.")


@simulate.callback()
def _simulate() -> None:
    """Days that never were, by the real rules."""


@simulate.command()
def day(
    on: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="[default: yesterday in the city]"),
    ] = None,
    cases: Annotated[int, typer.Option(min=len(STORIES), max=20_000)] = 400,
    seed: Annotated[int, typer.Option(min=1, help="The same seed plays the same day")] = 1,
) -> None:
    """Play a day of cases through every move, as fast as possible, then audit it.

    Makes missing people: accounts named sim-… that can't sign in. Workers leave the clocks
    alone meanwhile.
    """
    chosen = day_of(on)
    with terminal.bar(f"{chosen}", cases) as progress:
        task = progress.task_ids[0]
        result = terminal.run(
            simulate_day(chosen, cases, seed, lambda count: progress.advance(task, count))
        )
    report.show(result, terminal.console)
    _judge(result)


def _judge(result: Result) -> None:
    terminal.say(told_verdict(result.verdict))
    for found in result.outcome.surprises:
        where = f"{found.story} {found.number}, {found.step}: {found.words}"
        terminal.say(f"[bold red]not as planned:[/] {escape(where)}")
    if result.missing:
        terminal.say(f"[bold red]moves that nobody made:[/] {', '.join(result.missing)}")
    if not result.good:
        raise typer.Exit(1)
