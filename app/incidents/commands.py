"""`wangge incidents …`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from asyncpg import InterfaceError, OperatorInterventionError, PostgresConnectionError
from rich.markup import escape
from sqlalchemy.exc import DBAPIError

from app import terminal
from app.config import settings
from app.incidents import audit as audits
from app.incidents.audit import Verdict
from app.incidents.importing import mapping as mappings
from app.incidents.importing import reading
from app.incidents.importing.importer import Options, Summary, import_table
from app.incidents.importing.rejects import beside
from app.problems import AppError

AT_ONCE = 2
"""One batch is read and checked while another is being written."""
LOST = (OSError, DBAPIError, PostgresConnectionError, OperatorInterventionError, InterfaceError)
"""What is raised when the database goes away, or was never there."""
incidents = typer.Typer(no_args_is_help=True, help="Cases: import historic ones, audit all.")


@incidents.callback()
def _incidents() -> None:
    """Cases: import historic ones, audit all."""


@incidents.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, also .csv.gz")],
    mapping: Annotated[Path, typer.Option(help="TOML: what the columns mean; see docs/examples/")],
    username: Annotated[
        str | None, typer.Option("--as", help="Account that reports; without it, the system's own")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where rejected rows go [default: FILE.rejects.csv]")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count; the database stays as it is")
    ] = False,
) -> None:
    """Bring historic cases in; run it again after a stop: nothing is ever doubled."""
    options = Options(rejects or beside(file), username, dry_run, AT_ONCE)
    try:
        summary = _run(file, mapping, options)
    except AppError as error:
        terminal.fail(terminal.words(error))
    except LOST as error:
        terminal.fail(escape(_lost(error)))
    except KeyboardInterrupt:
        terminal.say("[yellow]Stopped.[/] Run the same command again to go on.")
        raise typer.Exit(130) from None
    terminal.say(_told(summary, options))


def _run(file: Path, mapping: Path, options: Options) -> Summary:
    plan = mappings.load(mapping)
    table = reading.examine(file, plan.file)
    with terminal.bar("checking" if options.dry_run else "importing", table.total) as progress:
        task = progress.task_ids[0]
        work = import_table(table, plan, options, lambda rows: progress.advance(task, rows))
        return terminal.run(work)


def _lost(error: Exception) -> str:
    if getattr(error, "filename", None):
        return str(error)
    return f"{error}\n  What was written stays: run the same command again to go on."


def _told(summary: Summary, options: Options) -> str:
    """The summary as lines; rejects are said loudly."""
    created = "would be created" if options.dry_run else "created"
    counts = {
        "rows": summary.rows,
        created: summary.created,
        "already there": summary.present,
        "rejected": summary.rejected,
        "without a cell": summary.outside,
    }
    lines = [f"{count:>10,}  {name}" for name, count in counts.items()]
    lines += [f"{count:>10,}  {escape(note)}" for note, count in sorted(summary.notes.items())]
    if summary.rejected:
        lines.append(
            f"[bold red]{summary.rejected:,} rows were rejected:[/] each with its reason in "
            f"{escape(str(options.rejects))}"
        )
    return "\n".join(lines)


@incidents.command()
def audit(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only cases reported since this day"),
    ] = None,
) -> None:
    """Compare every case with what its facts tell; ends with 1 if any differs."""
    begin = since.replace(tzinfo=settings().zone) if since else audits.EVER
    verdict = terminal.run(_audited(begin))
    terminal.say(told_verdict(verdict))
    if not verdict.clean:
        raise typer.Exit(1)


async def _audited(since: datetime) -> Verdict:
    with terminal.bar("auditing", await audits.count(since)) as progress:
        task = progress.task_ids[0]
        return await audits.audit(since, lambda cases: progress.advance(task, cases))


def told_verdict(verdict: Verdict) -> str:
    """An audit as lines: every difference, then what was compared."""
    lines = [
        f"[bold red]{escape(found.number)}[/] {found.name}: "
        + escape(f"row {found.row or '–'}, facts {found.facts}")
        for found in verdict.differences
    ]
    compared = verdict.cases - verdict.before
    lines.append(f"{compared:,} cases compared with {verdict.facts:,} facts")
    if verdict.before:
        lines.append(f"{verdict.before:,} from before the log of changes, not compared")
    for status in sorted(verdict.by_row.keys() | verdict.by_facts.keys()):
        one, other = verdict.by_row[status], verdict.by_facts[status]
        if one != other:
            lines.append(f"[bold red]{status}:[/] {one:,} by rows, {other:,} by facts")
    if verdict.clean:
        lines.append("[green]✓[/] every case's state equals the fold of its facts")
    return "\n".join(lines)
