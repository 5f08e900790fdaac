"""Reading the log to its end, and looking at what was counted."""

import asyncio
from datetime import date
from typing import Any

import pytest

from app import db
from app.incidents import reader
from app.tallies import check, keeping

EVER = (date(1990, 1, 1), date(2100, 1, 1))


async def count_all() -> int:
    """Read to the end of the log; transactions elsewhere on the server may hold it back."""
    facts = 0
    for _ in range(600):
        facts += await keeping.read_on()
        if not await reader.behind(keeping.READER):
            return facts
        await asyncio.sleep(0.05)
    pytest.fail("the reader never came to the end of the log")


async def wrong() -> list[tuple[Any, ...]]:
    """Numbers that are not what a count of the cases gives."""
    found = await check.differences(*EVER)
    assert found is not None
    return [tuple(row.values()) for row in found]


async def numbers(area: str = "", dimension: str = "all", value: str = "") -> dict[str, int]:
    """All that is counted there over all days, without the zeros."""
    rows = await db.hot(
        "SELECT c.key, sum(c.value::int)::int AS n FROM tally t CROSS JOIN LATERAL "
        "jsonb_each_text(to_jsonb(t) - '{area_code,dimension,span,day,value}'::text[]) c "
        "WHERE t.span = 'day' AND (t.area_code, t.dimension, t.value) = ($1, $2, $3) GROUP BY 1",
        area,
        dimension,
        value,
    )
    return {row["key"]: row["n"] for row in rows if row["n"]}


async def tables() -> list[tuple[Any, ...]]:
    """Both tables, without rows that have come back to nothing."""
    days = await db.hot("SELECT * FROM tally ORDER BY 1, 2, 3, 4, 5")
    hours = await db.hot("SELECT * FROM tally_hour ORDER BY 1, 2, 3")
    return [tuple(row) for row in days if any(row[5:])] + [
        tuple(row) for row in hours if any(row[3:])
    ]
