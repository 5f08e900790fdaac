"""Alternates the limit and the paths in short rounds, because absolute figures drift."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from app import terminal
from app.bench import load
from app.bench.asked import Path
from app.bench.limit import Limit
from app.bench.load import Tally
from app.bench.wire import Wire

WARM_UP = 1.0
COUNTED = 20


@dataclass(frozen=True, slots=True)
class Run:
    """How long, how often, how many at once."""

    rounds: int
    seconds: int
    connections: int


@dataclass(slots=True)
class Measured:
    """What a path came to in each round, and what it asked of the database."""

    path: Path
    tallies: list[Tally] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    statements: float | None = None
    round_trips: float | None = None

    @property
    def per_second(self) -> float:
        """Answers a second, the median round."""
        return median(tally.per_second for tally in self.tallies)

    @property
    def ratio(self) -> float:
        """Share of what the path is measured against, the median round."""
        return median(self.ratios)

    def milliseconds(self, share: float) -> float:
        """A percentile, the median round."""
        return median(tally.percentile(share) for tally in self.tallies)


async def measure(
    port: int, paths: Sequence[Path], limit: Limit, run: Run
) -> tuple[list[float], list[Measured]]:
    """The limit of each round, and every path with its ratios to limit or no-op of its round."""
    limits: list[float] = []
    found = [Measured(path) for path in paths]
    with terminal.bar("  rounds", run.rounds * (1 + len(found))) as bar:
        for _ in range(run.rounds):
            limits.append(await limit.run(run.seconds))
            bar.advance(bar.task_ids[0])
            for one in found:
                one.tallies.append(await _once(port, one.path, run))
                bar.advance(bar.task_ids[0])
            bases = {"limit": limits[-1], "noop": found[0].tallies[-1].per_second}
            for one in found:
                items = one.tallies[-1].per_second * one.path.items
                one.ratios.append(items / bases[one.path.against])
    return limits, found


async def _once(port: int, path: Path, run: Run) -> Tally:
    warm = min(WARM_UP, run.seconds / 2)
    await load.ask(port, path.make, connections=run.connections, seconds=warm)
    return await load.ask(port, path.make, connections=run.connections, seconds=run.seconds)


async def count(port: int, wire: Wire, measured: Sequence[Measured]) -> None:
    """What one request asks of the database, once statements are prepared and the actor known."""
    for one in measured:
        await load.ask(port, one.path.make, connections=1, most=3)
        wire.reset()
        await load.ask(port, one.path.make, connections=1, most=COUNTED)
        one.statements = wire.statements / COUNTED
        one.round_trips = wire.round_trips / COUNTED
