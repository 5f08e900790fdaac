"""The `wangge` command: composition of what each domain offers on a terminal."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
import uvicorn

from app import logs, setup, terminal, worker
from app.bench.commands import bench
from app.calendars.commands import calendar
from app.demo.commands import demo, load
from app.grids.commands import grids
from app.incidents.commands import incidents
from app.incidents.reassign_command import reassign_
from app.main import create_app
from app.ownership.commands import ownership
from app.people.commands import accounts
from app.simulation.commands import simulate
from app.tallies.commands import tallies

cli = typer.Typer(no_args_is_help=True, help="Wangge 网格: digital urban management.")
grids.command("reassign")(reassign_)
cli.add_typer(grids, name="grids")
cli.add_typer(incidents, name="incidents")
cli.add_typer(calendar, name="calendar")
cli.add_typer(accounts, name="accounts")
cli.add_typer(ownership, name="ownership")
cli.add_typer(bench, name="bench")
cli.add_typer(simulate, name="simulate")
cli.add_typer(tallies, name="tallies")
cli.add_typer(demo, name="demo")


@cli.command()
def migrate(
    with_demo: Annotated[
        bool, typer.Option("--demo", help="Then do what `demo load` does")
    ] = False,
) -> None:
    """Lay or change the tables of DATABASE_URL and load the shipped catalogue."""
    setup.migrate()
    count = terminal.run(setup.load_defaults())
    terminal.say(f"Database is up to date; the catalogue has {count} classes.")
    if with_demo:
        load()


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes")] = 1,
) -> None:
    """Serve the API."""
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=10,
    )


@cli.command("worker")
def work() -> None:
    """Run the background process: jobs, periodic work, the tail of the fact log."""
    logs.configure()
    worker.run()


@cli.command()
def openapi(
    check: Annotated[
        Path | None, typer.Option(help="Compare with this file, fail if it differs")
    ] = None,
) -> None:
    """Print the OpenAPI document, or compare it with the one on disk."""
    text = orjson.dumps(
        create_app().openapi(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    ).decode()
    if check is None:
        terminal.say(text, plain=True)
    elif not check.exists() or check.read_text().strip() != text.strip():
        terminal.fail(f"{check} is not what the code offers; run: wangge openapi > {check}")


def main() -> None:
    """The command's entry."""
    terminal.guard(cli)


if __name__ == "__main__":
    main()
