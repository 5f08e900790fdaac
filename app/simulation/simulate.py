"""Simulate a day and see whether all is well afterwards."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from app import db
from app.config import Env, settings
from app.incidents import audit, figures, watch
from app.incidents.audit import Verdict
from app.incidents.clock_schemas import AccuracyOut
from app.incidents.workflow import MOVES
from app.simulation import city, people
from app.simulation.casting import Casting
from app.simulation.day import Day, Outcome
from app.simulation.errors import DayNotOver, InProduction

SPOTS = 400
_COUNTS = """
SELECT 'status' AS what, status AS name, count(*)::int AS n, NULL::int AS in_time
FROM incident WHERE id = ANY ($1::uuid[]) GROUP BY 2
UNION ALL
SELECT 'kind', kind, count(*)::int, NULL FROM fact WHERE incident_id = ANY ($1::uuid[]) GROUP BY 2
UNION ALL
SELECT 'stage', stage, count(*)::int, (count(*) FILTER (WHERE overdue_at IS NULL))::int
FROM stage_clock WHERE incident_id = ANY ($1::uuid[]) GROUP BY 2
UNION ALL
SELECT 'flag', flag, count(*)::int, NULL
FROM media, unnest(flags) flag WHERE incident_id = ANY ($1::uuid[]) GROUP BY 2
UNION ALL
SELECT 'notice', kind, count(*)::int, NULL
FROM notice WHERE incident_id = ANY ($1::uuid[]) GROUP BY 2
"""


@dataclass(frozen=True, slots=True)
class Result:
    """A day with what it left in the database.

    `counts` are those of each status, kind of fact, flag and kind of notice; `stages` are the
    clocks of each stage, and those that were never overdue.
    """

    outcome: Outcome
    counts: Mapping[str, Mapping[str, int]]
    stages: Mapping[str, tuple[int, int]]
    accuracy: AccuracyOut
    verdict: Verdict

    @property
    def missing(self) -> Sequence[str]:
        """Moves that nobody made."""
        return [name for name in MOVES if name not in self.counts["kind"]]

    @property
    def good(self) -> bool:
        """Whether every move occurred, as its story says, and the facts tell the rows."""
        return not self.missing and not self.outcome.surprises and self.verdict.clean


def day_of(chosen: datetime | None) -> date:
    """The day that is meant: yesterday in the city, or one before today."""
    today = datetime.now(settings().zone).date()
    day = chosen.date() if chosen else today - timedelta(days=1)
    if day >= today:
        raise DayNotOver(today=today.isoformat())
    return day


async def simulate(day: date, cases: int, seed: int, seen: Callable[[int], Any]) -> Result:
    """Play the day, then read what it left, and audit it."""
    if settings().env is Env.PRODUCTION:
        raise InProduction
    told = f"{seed}:{day}"
    casting = Casting(await people.gather(), await city.read(SPOTS, seed), told)
    begins, ends = (
        datetime.combine(day + timedelta(days=n), time(), settings().zone) for n in (0, 1)
    )
    async with watch.holding():
        outcome = await Day(casting, begins, ends).run(casting.plays(begins, cases), seen)
        return await _result(outcome)


async def _result(outcome: Outcome) -> Result:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    stages: dict[str, tuple[int, int]] = {}
    for row in await db.hot(_COUNTS, outcome.cases):
        counts[row["what"]][row["name"]] = row["n"]
        if row["what"] == "stage":
            stages[row["name"]] = (row["n"], row["in_time"])
    async with db.transaction() as session:
        accuracy = await figures.accuracy(session, outcome.begins, outcome.ends)
    return Result(outcome, counts, stages, accuracy, await audit.audit(outcome.begins))
