"""What commands share: a database around a coroutine, progress bars, plain words for errors."""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from app import db
from app.problems import AppError

T = TypeVar("T")
console = Console(stderr=True)


def say(text: str, *, plain: bool = False) -> None:
    """Print for the person; `plain` goes to standard output untouched (for pipes)."""
    if plain:
        sys.stdout.write(text + "\n")
    else:
        console.print(text, highlight=False)


def fail(text: str) -> NoReturn:
    """Say what is wrong and end with 1."""
    console.print(f"[bold red]✗[/] {text}", highlight=False)
    raise typer.Exit(1)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine with the database pools open around it."""

    async def around() -> T:
        db.start()
        try:
            return await work
        finally:
            await db.stop()

    return asyncio.run(around())


@contextmanager
def bar(label: str, total: int) -> Iterator[Progress]:
    """A progress bar with one task; `progress.advance(progress.task_ids[0])` moves it."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
    with progress:
        progress.add_task(label, total=total)
        yield progress


def words(error: AppError) -> str:
    """A problem as lines for a person: title and detail, then what is wrong where."""
    problem = error.problem("en")
    head = ": ".join(problem[name] for name in ("title", "detail") if name in problem)
    lines = [f"{found['pointer']}: {found['detail']}" for found in problem.get("errors", [])]
    return escape("\n  ".join([head, *lines]))


def guard(cli: typer.Typer) -> None:
    """Run the command line; what a person can mend is one clear line, not a traceback."""
    try:
        cli()
    except AppError as error:
        console.print(f"[bold red]✗[/] {words(error)}", highlight=False)
        sys.exit(1)
    except ValidationError as error:
        for found in error.errors():
            name = "_".join(str(part) for part in found["loc"])
            console.print(f"[bold red]✗[/] setting {name}: {found['msg']}", highlight=False)
        sys.exit(1)
    except (OSError, ConnectionError) as error:
        console.print(f"[bold red]✗[/] {error}", highlight=False)
        sys.exit(1)
