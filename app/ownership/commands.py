"""`wangge ownership …`: the table of owners, and what nobody owns."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app import db, terminal
from app.grids.schemas import AreaLevel
from app.ownership import exchange, gaps
from app.ownership.schemas import CoverageFilter, CoverageOut, ImportReport
from app.ownership.tables import Format

ownership = typer.Typer(no_args_is_help=True, help="Who owns which matters: tables, coverage.")
SHOWN = 30


@ownership.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or Excel")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report the difference")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking")] = False,
) -> None:
    """Make what is owned equal to a table: tell the difference, ask, then write it as a whole.

    What the table lacks is ended.
    """
    content = file.read_bytes()
    report = terminal.run(_import(file.name, content, dry_run=True))
    _tell(report)
    if report.bad:
        raise typer.Exit(1)
    if dry_run or not (report.added or report.changed or report.ended):
        return
    if not yes:
        typer.confirm("Write this?", abort=True)
    report = terminal.run(_import(file.name, content, dry_run=False))
    terminal.say(f"Written: {_counts(report)}")


@ownership.command("export")
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Ends in .csv or .xlsx")],
) -> None:
    """Write all that is owned now, or will be, as a table that an import takes back."""
    suffix = file.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise typer.BadParameter("the name must end in .csv or .xlsx", param_hint="FILE")
    file.write_bytes(terminal.run(_export("xlsx" if suffix == ".xlsx" else "csv")))
    terminal.say(f"Written to {escape(str(file))}.")


@ownership.command("coverage")
def coverage(
    area: Annotated[str | None, typer.Option(help="Only cells of this area")] = None,
    level: Annotated[AreaLevel, typer.Option(help="Areas to sum up by")] = AreaLevel.SUBDISTRICT,
) -> None:
    """Classes times cells that nobody owns, or several do, worst first; exit 1 if there are any."""
    found = terminal.run(_coverage(CoverageFilter(area=area, level=level)))
    pairs = found.cells * found.classes
    terminal.say(
        f"{found.cells:,} cells × {found.classes} classes = {pairs:,} pairs: "
        f"{found.none:,} without an owner, {found.several:,} with several"
    )
    if found.none or found.several:
        terminal.console.print(*_tables(found))
        raise typer.Exit(1)


async def _import(name: str, content: bytes, *, dry_run: bool) -> ImportReport:
    async with db.transaction() as session:
        return await exchange.import_table(session, name, content, dry_run=dry_run)


async def _export(form: Format) -> bytes:
    async with db.transaction() as session:
        return await exchange.export(session, form)


async def _coverage(asked: CoverageFilter) -> CoverageOut:
    async with db.transaction() as session:
        return await gaps.coverage(session, asked)


def _tell(report: ImportReport) -> None:
    if report.lines:
        table = Table("", "row", "holder", "place", "class", "from", "to", title="Difference")
        for line in report.lines[:SHOWN]:
            drawn = f"drawn, {line.area_square_metres:,.0f} m²" if line.area_square_metres else ""
            table.add_row(
                line.change,
                str(line.row or ""),
                escape(line.holder),
                escape(line.place or drawn or "the whole city"),
                escape(line.category or "every class"),
                f"{line.valid_from:%Y-%m-%d %H:%M}",
                f"{line.valid_to:%Y-%m-%d %H:%M}" if line.valid_to else "",
            )
        terminal.console.print(table)
    for bad in report.bad_rows[:SHOWN]:
        terminal.say(f"[red]✗[/] row {bad.row}, {bad.column}: {escape(bad.detail.en)}")
    terminal.say(f"{report.rows:,} rows: {_counts(report)}")
    if report.bad:
        terminal.say("[bold red]✗[/] refused: nothing has been or would be written")


def _counts(report: ImportReport) -> str:
    names = ("added", "changed", "ended", "unchanged", "bad")
    return ", ".join(f"{getattr(report, name):,} {name}" for name in names)


def _tables(found: CoverageOut) -> tuple[Table, Table]:
    classes = Table("class", "name", "no owner", "several", title="By class (cells)")
    for one in found.by_class[:SHOWN]:
        if one.none or one.several:
            classes.add_row(one.category, escape(one.name), f"{one.none:,}", f"{one.several:,}")
    areas = Table("area", "name", "cells", "no owner", "several", title="By area (pairs)")
    for area in found.by_area[:SHOWN]:
        if area.none or area.several:
            cells, none, several = (f"{n:,}" for n in (area.cells, area.none, area.several))
            areas.add_row(area.area or "", escape(area.name or ""), cells, none, several)
    return classes, areas
