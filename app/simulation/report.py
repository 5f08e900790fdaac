"""A simulated day in tables."""

from collections.abc import Iterable, Mapping

from rich import box
from rich.console import Console
from rich.table import Table

from app.incidents.states import LABELS, Stage, Status
from app.incidents.workflow import MOVES
from app.simulation.simulate import Result


def show(result: Result, console: Console) -> None:
    """All tables, then the verdict."""
    labels = {name: move.label for name, move in MOVES.items()}
    console.print(
        _counts(
            "Cases by state",
            result.counts["status"],
            {str(k): v for k, v in LABELS.items()},
            Status,
        ),
        _counts("Moves made", result.counts["kind"], labels, MOVES),
        _counts("Refused, as it should be", result.outcome.refusals),
        _stages(result),
        _counts("Notices written", result.counts["notice"], labels),
        _counts("What the watcher did", result.outcome.watched),
        _counts("Flagged photos", result.counts["flag"]),
    )
    console.print(_accuracy(result), highlight=False)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _counts(
    title: str,
    counts: Mapping[str, int],
    labels: Mapping[str, str] | None = None,
    order: Iterable[str] = (),
) -> Table:
    """Names with their numbers, in an order or from the most to the least."""
    table = _table(title, "", "n")
    known = [str(name) for name in order if name in counts]
    others = sorted(set(counts) - set(known), key=lambda name: (-counts[name], name))
    for name in (*known, *others):
        table.add_row(f"{name} {(labels or {}).get(name, '')}".strip(), f"{counts[name]:,}")
    return table


def _stages(result: Result) -> Table:
    table = _table("In time, by stage", "", "clocks", "in time", "share")
    for stage in Stage:
        clocks, in_time = result.stages.get(stage, (0, 0))
        if clocks:
            table.add_row(stage, f"{clocks:,}", f"{in_time:,}", f"{in_time / clocks:.1%}")
    return table


def _accuracy(result: Result) -> str:
    found = result.accuracy
    share = "–" if found.accuracy is None else f"{found.accuracy:.1%}"
    return (
        f"Dispatches {found.dispatches}: suggested {found.suggested}, as suggested {found.agreed} "
        f"({share}), returned {found.returned}"
    )
