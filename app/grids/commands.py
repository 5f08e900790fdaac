"""`wangge grids …`."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table

from app import terminal
from app.config import CodeScheme
from app.grids import service
from app.grids.report import Finding, Report, Severity
from app.grids.schemas import ImportOptions, Level
from app.words import wording

grids = typer.Typer(no_args_is_help=True, help="Areas and cells: import, reassign.")
SHOWN_PER_KIND = 20
STEPS = 1000


File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="GeoJSON, Shapefile (or zip), GeoPackage"),
]
Parent = Annotated[
    str | None, typer.Option(help="Field with the parent's code; default: `parent` if there is one")
]
Which = Annotated[
    str | None, typer.Option(help="Take only features whose field says --level; default: `level`")
]
Layer = Annotated[str | None, typer.Option(help="Layer, where the file has several")]
Encoding = Annotated[str | None, typer.Option(help="Of a Shapefile's text; default: found out")]
Crs = Annotated[
    str | None, typer.Option(help="gcj02 or bd09 for vendor data; or what an undeclared file is in")
]
Scheme = Annotated[CodeScheme | None, typer.Option(help="Default: the city's setting")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only report")]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse on any finding")]
AsJson = Annotated[bool, typer.Option("--json", help="The report as JSON on standard output")]


@grids.command("import")
def import_(
    file: File,
    level: Annotated[Level, typer.Option(help="What the polygons are")],
    code_field: Annotated[str, typer.Option(help="Field that holds the code")] = "code",
    name_field: Annotated[str, typer.Option(help="Field that holds the name")] = "name",
    parent_field: Parent = None,
    level_field: Which = None,
    layer: Layer = None,
    encoding: Encoding = None,
    crs: Crs = None,
    code_scheme: Scheme = None,
    dry_run: DryRun = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Read a file, report what is wrong with it, and write it if nothing forbids that."""
    given = {
        name: value
        for name, value in locals().items()
        if name in ImportOptions.model_fields and value is not None
    }
    result = _imported(file, _options(given))
    if as_json:
        told = {"id": str(result.id), "status": result.status, **result.report.as_json()}
        terminal.say(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode(), plain=True)
    else:
        _show(result)
    if result.report.refused:
        raise typer.Exit(1)


def _options(given: dict[str, Any]) -> ImportOptions:
    try:
        return ImportOptions.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise typer.BadParameter(wording(first, "en"), param_hint=f"--{option}") from error


def _imported(file: Path, options: ImportOptions) -> service.ImportResult:
    with terminal.bar("reading", STEPS) as progress:
        task = progress.task_ids[0]

        def tell(label: str, part: float) -> None:
            progress.update(task, description=label, completed=int(part * STEPS))

        return terminal.run(service.import_file(file, options, progress=tell))


def _show(result: service.ImportResult) -> None:
    report = result.report
    if report.findings:
        terminal.console.print(_table(report))
    done = report.changes
    verb = {"done": "written", "checked": "not written (dry run)", "refused": "not written"}
    terminal.say(
        f"{report.features} features ({report.skipped} of other levels) in {report.crs}: "
        f"{report.errors} errors, {report.warnings} warnings"
    )
    terminal.say(
        f"{verb[result.status]}: {done.opened} opened, {done.closed} closed, "
        f"{done.replaced} replaced, {done.unchanged} unchanged"
    )
    if report.refused:
        terminal.say("[bold red]✗[/] refused: nothing has been or would be written")


def _table(report: Report) -> Table:
    """Errors first; of each kind the first few, and how many more there are."""
    table = Table("", "kind", "codes", "what", title="Findings")
    for kind, count in report.counts.items():
        found = [finding for finding in report.findings if finding.kind == kind]
        found.sort(key=lambda finding: finding.severity)
        for finding in found[:SHOWN_PER_KIND]:
            table.add_row(*_cells(finding))
        if count > SHOWN_PER_KIND:
            table.add_row("", kind, "", f"… and {count - SHOWN_PER_KIND} more (--json has them)")
    return table


def _cells(finding: Finding) -> tuple[str, ...]:
    mark = "[red]✗[/]" if finding.severity is Severity.ERROR else "[yellow]![/]"
    codes = ", ".join(finding.codes[:4]) + (" …" if len(finding.codes) > 4 else "")
    return mark, str(finding.kind), escape(codes), escape(finding.en)
