"""Possible duplicates: a reader of the fact log that compares what is new with what is open.

Intake pays nothing for it; a likeness is there some tenths of a second after its second case.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.incidents import reader
from app.jobs import periodic

READER = "likeness"
AT_ONCE = 500
METRES, HOURS = 50.0, timedelta(hours=24)

_FRESH = """
SELECT
  f.xid::text AS xid, f.id, f.incident_id,
  f.kind = ANY ('{report,import,accept,place,add_evidence,reopen,unmerge}') AS other_than_before
FROM fact f
WHERE (f.xid, f.id) > ($1::text::xid8, $2) AND f.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY f.xid, f.id
LIMIT $3
"""
"""Class, place and photos of a case may be others after these."""

_FORGET = """
DELETE FROM likeness WHERE (incident_id, other_id) IN (
  SELECT incident_id, other_id FROM likeness WHERE incident_id = ANY ($1)
  UNION
  SELECT other_id, incident_id FROM likeness WHERE incident_id = ANY ($1)
)
"""
_SWEEP = """
DELETE FROM likeness l
WHERE EXISTS (
  SELECT FROM incident i WHERE i.id IN (l.incident_id, l.other_id) AND i.ended_at IS NOT NULL
)
"""


async def compare(stop: asyncio.Event) -> None:
    """Read on until told to stop."""
    await reader.follow(stop, READER, AT_ONCE, read_on)


async def read_on() -> int:
    """Compare the cases of the next facts; returns how many facts were read."""
    async with db.transaction() as session:
        rows = await reader.next_rows(session, READER, _FRESH, AT_ONCE)
        fresh = {row["incident_id"] for row in rows if row["other_than_before"]}
        if fresh:
            await look_at(session, sorted(fresh))
        return len(rows)


async def look_at(session: AsyncSession, incidents: Sequence[UUID]) -> None:
    """Write down what these cases are like now."""
    await db.within(session, _FORGET, incidents)
    sql = db.statement("incidents/likeness.sql")
    await db.within(session, sql, incidents, METRES, HOURS)


@periodic("incidents.sweep_likeness", "23 3 * * *")
async def sweep() -> None:
    """Forget likenesses of cases that have ended."""
    await db.hot(_SWEEP)
