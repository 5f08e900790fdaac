"""`wangge bench …`."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import orjson
import typer
import uvloop
from rich.console import Console

from app import terminal
from app.bench import asked, load, report, rounds, watching
from app.bench.city import City, build, connected
from app.bench.limit import Limit, pgbench, script
from app.bench.rounds import Measured, Run
from app.bench.scratch import Server, bench_settings, scratch
from app.bench.served import served
from app.bench.wire import counting
from app.config import settings

bench = typer.Typer(no_args_is_help=True, help="How near we come to what the database can do.")
QUICK = City(500, 5_000)
T = TypeVar("T")


@bench.callback()
def _bench() -> None:
    """Measured beside the limit, in one run."""


@bench.command()
def intake(
    cells: Annotated[int, typer.Option(min=100, max=500_000)] = 20_000,
    incidents: Annotated[int, typer.Option(min=1_000, max=20_000_000)] = 1_000_000,
    connections: Annotated[int, typer.Option(min=1, max=100)] = 16,
    count: Annotated[int, typer.Option("--rounds", min=1, max=20)] = 3,
    seconds: Annotated[int, typer.Option(min=1, max=30, help="Each path, each round")] = 3,
    server_url: Annotated[str | None, typer.Option(help="Instead of DATABASE_URL's server")] = None,
    json: Annotated[Path | None, typer.Option(help="Write JSON too; - is standard output")] = None,
    growth: Annotated[bool, typer.Option(help="Compare with a tenth of the size")] = False,
    keep: Annotated[bool, typer.Option(help="Leave the scratch database behind")] = False,
    quick: Annotated[bool, typer.Option(help="A small city and one-second rounds")] = False,
) -> None:
    """Intake, lists and details beside the limit of the database, on a made-up city."""
    pgbench()
    city, run = City(cells, incidents), Run(count, seconds, connections)
    if quick:
        city, run = QUICK, Run(1, 1, connections)
    with bench_settings():
        server = Server(server_url or settings().database_url)
        try:
            found = uvloop.run(_ended_by_signal(_intake(server, city, run, growth, keep)))
        except load.Refused as error:
            terminal.fail(str(error))
        except asyncio.CancelledError:
            terminal.fail("ended before it was done")
    to_stdout = json is not None and str(json) == "-"
    report.show(found, terminal.console if to_stdout else Console())
    if json is not None:
        text = orjson.dumps(report.as_json(found), option=orjson.OPT_INDENT_2).decode()
        if to_stdout:
            terminal.say(text, plain=True)
        else:
            json.write_text(text + "\n", encoding="utf-8")


@bench.command("watch")
def watch_(
    cells: Annotated[int, typer.Option(min=100, max=500_000)] = 20_000,
    incidents: Annotated[int, typer.Option(min=1_000, max=20_000_000)] = 1_000_000,
    server_url: Annotated[str | None, typer.Option(help="Instead of DATABASE_URL's server")] = None,
    keep: Annotated[bool, typer.Option(help="Leave the scratch database behind")] = False,
    quick: Annotated[bool, typer.Option(help="A small city")] = False,
) -> None:
    """What a look of the watcher costs: with nothing due, with some, after a long stop."""
    with bench_settings():
        server = Server(server_url or settings().database_url)
        city = QUICK if quick else City(cells, incidents)
        try:
            found = uvloop.run(_ended_by_signal(_watch(server, city, keep)))
        except asyncio.CancelledError:
            terminal.fail("ended before it was done")
    watching.show(found, Console())


async def _watch(server: Server, city: City, keep: bool) -> list[watching.Look]:
    async with _city(server, city, keep, f"wangge_bench_{os.getpid()}") as url:
        return await watching.looks(url)


async def _ended_by_signal(work: Coroutine[Any, Any, T]) -> T:
    """A polite end drops the scratch database too."""
    task = cast("asyncio.Task[Any]", asyncio.current_task())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


@contextmanager
def _phase(label: str) -> Iterator[None]:
    began = time.monotonic()
    terminal.say(f"{label} …")
    yield
    terminal.say(f"  {time.monotonic() - began:.0f} s")


@asynccontextmanager
async def _city(server: Server, city: City, keep: bool, name: str) -> AsyncIterator[str]:
    """A scratch database with a city in it."""
    terminal.say(f"Scratch database {name} …")
    async with scratch(server, name, keep=keep) as url:
        with _phase(f"{city.cells:,} cells, {city.incidents:,} incidents"):
            await build(url, city)
        yield url


async def _limit(server: Server, name: str, url: str, city: City, at_once: int) -> Limit:
    async with connected(url) as connection:
        m = await asked.material(connection, city)
    return Limit(server, name, script(city, m.classes, m.clerk), at_once)


async def _intake(server: Server, city: City, run: Run, growth: bool, keep: bool) -> report.Report:
    name = f"wangge_bench_{os.getpid()}"
    async with _city(server, city, keep, name) as url:
        async with connected(url) as connection:
            m = await asked.material(connection, city)
            versions = await report.versions(connection)
        limit = await _limit(server, name, url, city, run.connections)
        paths = asked.paths(m)
        notes = _notes(paths, name, keep)
        with _phase("Limit and paths, in turn"):
            async with served(url) as web:
                limits, measured = await rounds.measure(web.port, paths, limit, run)
                peak = web.peak_mb()
        await _count(server, name, measured, notes)
        factor = await _growth(server, city, run, limit) if growth else None
    return report.Report(city, run, limits, measured, peak, versions, factor, notes)


def _notes(paths: list[asked.Path], name: str, keep: bool) -> list[str]:
    notes = []
    if not any(path.name == "cells_at" for path in paths):
        notes.append("GET /cells/at is not served by this version and was left out.")
    if keep:
        notes.append(f"The scratch database {name} was kept.")
    return notes


async def _count(server: Server, name: str, measured: list[Measured], notes: list[str]) -> None:
    """Statements per request, in a process of its own behind a counting door."""
    try:
        async with counting(server) as wire:
            url = server.through(wire.port, name)
            async with served(url, WANGGE_ACTOR_CACHE_SECONDS="60") as web:
                await rounds.count(web.port, wire, measured)
    except (OSError, load.Refused, typer.Exit) as error:
        notes.append(f"Statements could not be counted: {error}")


async def _growth(server: Server, city: City, run: Run, big: Limit) -> float:
    """What a tenfold size costs: the limit of a tenth against the limit of the whole."""
    tenth = City(max(100, city.cells // 10), max(1_000, city.incidents // 10))
    name = f"wangge_bench_{os.getpid()}_tenth"
    async with _city(server, tenth, False, name) as url:
        small = await _limit(server, name, url, tenth, run.connections)
        with _phase("Limit of both sizes, in turn"):
            pairs = [
                (await small.run(run.seconds), await big.run(run.seconds))
                for _ in range(run.rounds)
            ]
    return sorted(a / b for a, b in pairs)[len(pairs) // 2]
