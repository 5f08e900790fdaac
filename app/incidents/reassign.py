"""Moves open cases into the cells as they are now, after an import has redrawn them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from app import db
from app.incidents import watch

AT_ONCE = 1000
_OPEN = "SELECT id FROM incident WHERE ended_at IS NULL ORDER BY id"


async def open_cases() -> list[UUID]:
    """All cases that have not ended."""
    return [row["id"] for row in await db.hot(_OPEN)]


async def in_steps(cases: list[UUID], account_id: UUID) -> AsyncIterator[tuple[int, int]]:
    """Move a thousand at a time; tells how many were looked at and how many moved.

    Each step is a transaction of its own: cells, duties and facts of a case change together. What
    is due is done before, so that facts stay in the order of their times.
    """
    sql = db.statement("incidents/reassign.sql")
    for start in range(0, len(cases), AT_ONCE):
        some = cases[start : start + AT_ONCE]
        await watch.look(datetime.now(UTC))
        (row,) = await db.hot(sql, some, account_id)
        yield len(some), row["moved"]


async def reassign(account_id: UUID) -> int:
    """Move all open cases; returns how many have changed their cell."""
    cases = await open_cases()
    return sum([moved async for _, moved in in_steps(cases, account_id)])
