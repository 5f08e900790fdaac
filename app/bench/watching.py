"""What a look of the watcher costs: with nothing due, with some, after a long stop."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from app import db
from app.bench.city import connected
from app.incidents import watch

DUE = (0, 100, 5_000)
_MAKE_DUE = """
UPDATE stage_clock
SET
  yellow_at = now() - interval '2 hours', due_at = now() - interval '1 hour',
  watch_at = now() - interval '2 hours'
WHERE (incident_id, run) IN (
  SELECT incident_id, run FROM stage_clock WHERE watch_at > now() AND step = 0 LIMIT $1
)
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at so many clocks that have passed both moments."""

    due: int
    milliseconds: float
    done: dict[str, int]


async def looks(url: str) -> list[Look]:
    """One after the other, the first look left out: it prepares the statements."""
    db.start()
    try:
        await watch.look(datetime.now(UTC))
        return [await _look(url, due) for due in DUE]
    finally:
        await db.stop()


async def _look(url: str, due: int) -> Look:
    async with connected(url) as connection:
        changed = await connection.execute(_MAKE_DUE, due)
    began = time.perf_counter()
    done = await watch.look(datetime.now(UTC))
    return Look(int(changed.split()[-1]), 1000 * (time.perf_counter() - began), done)


def show(found: list[Look], console: Console) -> None:
    """A line for each look."""
    table = Table("clocks due", "ms", "facts of lights", "steps of the ladder", box=None)
    for look in found:
        told = (look.done.get("turned", 0), look.done.get("climbed", 0))
        table.add_row(f"{look.due:,}", f"{look.milliseconds:.1f}", *(f"{n:,}" for n in told))
    console.print(table)
