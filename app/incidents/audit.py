"""Whether every case stands as its facts tell: rows against the fold of the log, none left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.incidents import fold
from app.incidents.fold import Told
from app.incidents.models import Incident

AT_ONCE = 1000
EVER = datetime(1, 1, 1, tzinfo=UTC)
_FIRST = UUID(int=0)
_CASES = """
SELECT * FROM incident WHERE id > $1 AND reported_at >= $2 ORDER BY id LIMIT $3
"""
_FACTS = """
SELECT incident_id, version, kind, status, at, data::text AS data, changes::text AS changes
FROM fact WHERE incident_id = ANY ($1::uuid[]) ORDER BY incident_id, version
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A case whose row says something else than its facts, or whose facts cannot be true."""

    number: str
    name: str
    row: str
    facts: str


@dataclass(slots=True)
class Verdict:
    """All that an audit found. `before` are cases older than the log of changes: not compared."""

    cases: int = 0
    facts: int = 0
    before: int = 0
    by_row: Counter[str] = field(default_factory=Counter)
    by_facts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether rows and facts agree everywhere."""
        return not self.differences and self.by_row == self.by_facts


async def count(since: datetime = EVER) -> int:
    """How many cases there are to look at."""
    async with db.transaction() as session:
        chosen = select(func.count()).where(Incident.reported_at >= since)
        return int(await session.scalar(chosen) or 0)


async def audit(since: datetime = EVER, seen: Callable[[int], Any] = lambda _: None) -> Verdict:
    """Read all cases since a moment with their facts, batch by batch, each as one snapshot."""
    verdict, last = Verdict(), _FIRST
    while True:
        async with db.transaction() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            rows = await db.within(session, _CASES, last, since, AT_ONCE)
            if not rows:
                return verdict
            await _batch(session, rows, verdict)
        last = rows[-1]["id"]
        seen(len(rows))


async def _batch(session: AsyncSession, rows: Sequence[Record], verdict: Verdict) -> None:
    ids = [row["id"] for row in rows]
    facts = await db.within(session, _FACTS, ids)
    by_case = {
        incident_id: [_told(fact) for fact in found]
        for incident_id, found in groupby(facts, lambda fact: fact["incident_id"])
    }
    verdict.facts += len(facts)
    for row in rows:
        _one(row, by_case.get(row["id"], []), verdict)
    for found in await db.within(session, db.statement("incidents/audit.sql"), ids):
        verdict.differences.append(Difference(*(str(part) for part in found.values())))


def _told(fact: Record) -> Told:
    changes = fact["changes"]
    return Told(
        fact["version"],
        fact["kind"],
        fact["status"],
        fact["at"],
        orjson.loads(fact["data"]),
        None if changes is None else orjson.loads(changes),
    )


def _one(row: Record, facts: Sequence[Told], verdict: Verdict) -> None:
    """Compare one case; its last fact's state counts for the totals in any case."""
    verdict.cases += 1
    verdict.by_row[row["status"]] += 1
    verdict.by_facts[facts[-1].status if facts else "none"] += 1
    if any(fact.changes is None for fact in facts if fact.kind != "report"):
        verdict.before += 1
        return
    number = row["number"]
    verdict.differences += [
        Difference(number, name, str(stands), str(told))
        for name, (stands, told) in fold.differences(dict(row), fold.fold(facts)).items()
    ]
    wrong = [*fold.illegal(facts), *_told_twice(facts)]
    verdict.differences += [Difference(number, "facts", "", one) for one in wrong]


def _told_twice(facts: Iterable[Told]) -> list[str]:
    """Deadlines that the same run of a clock has passed more than once."""
    passed = Counter(
        (fact.data.get("run"), str(fact.data.get("due_at")))
        for fact in facts
        if fact.kind == "overdue"
    )
    return [
        f"run {run} is overdue {times} times at {due}"
        for (run, due), times in passed.items()
        if times > 1
    ]
