"""Fills a scratch database: cells, people, and years of cases with their facts."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from app import db, terminal

WEST, SOUTH, STEP = 109.0, 34.0, 0.001
CHUNK = 10_000
LOADERS = 2
LOADING = {
    "jit": "off",
    "timezone": "UTC",
    "maintenance_work_mem": "512MB",
    "work_mem": "128MB",
    "synchronous_commit": "off",
}
GROWING = ("incident", "fact", "intake_key", "stage_clock")


@dataclass(frozen=True, slots=True)
class City:
    """How big, and the rectangle that lies wholly within its cells."""

    cells: int
    incidents: int

    @property
    def columns(self) -> int:
        """Cells in a row."""
        return math.ceil(math.sqrt(self.cells))

    @property
    def inside(self) -> tuple[float, float, float, float]:
        """West, south, width, height: clear of the bent outer borders."""
        width, height = self.columns * STEP, self.cells // self.columns * STEP
        return WEST + STEP / 4, SOUTH + STEP / 4, width - STEP / 2, height - STEP / 2


@asynccontextmanager
async def connected(
    url: str, **settings: str
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection for a while."""
    connection = await asyncpg.connect(url, server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()


async def build(url: str, city: City) -> None:
    """Cells and people, then cases, then the indexes that were put aside for them."""
    async with connected(url, **LOADING) as connection:
        await connection.execute(
            db.statement("bench/cells.sql"), city.cells, city.columns, WEST, SOUTH, STEP
        )
        await connection.execute("ANALYZE cell; ANALYZE category")
        await connection.execute(db.statement("bench/people.sql"))
        indexes = await _put_aside(connection)
    sql = db.statement("bench/cases.sql")
    firsts = range(1, city.incidents + 1, CHUNK)
    chunks = [(sql, n, min(n + CHUNK - 1, city.incidents), city.incidents) for n in firsts]
    await _shared(url, "cases", chunks)
    await _shared(url, "indexes", [(index,) for index in indexes])
    await _settle(url, city)


async def _put_aside(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """Drop what is cheaper to build at the end; the biggest comes first in the answer."""
    found = await connection.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "AND tablename = ANY ($1) AND indexname NOT IN (SELECT conname FROM pg_constraint) "
        "ORDER BY indexdef LIKE '%USING gin%' DESC, indexdef LIKE '%USING gist%' DESC, indexname",
        list(GROWING),
    )
    for row in found:
        await connection.execute(f"DROP INDEX {row['indexname']}")
    return [row["indexdef"] for row in found]


async def _shared(url: str, label: str, work: Sequence[tuple[Any, ...]]) -> None:
    """Statements taken from one list by a few connections, with a bar."""
    waiting = list(reversed(work))
    with terminal.bar(f"  {label}", len(work)) as bar:
        await asyncio.gather(
            *(_loader(url, waiting, lambda: bar.advance(bar.task_ids[0])) for _ in range(LOADERS))
        )


async def _loader(url: str, waiting: list[tuple[Any, ...]], done: Callable[[], None]) -> None:
    async with connected(url, **LOADING) as connection:
        while waiting:
            await connection.execute(*waiting.pop())
            done()


async def _settle(url: str, city: City) -> None:
    """Statistics, visibility, the number sequence: as a database that has been at work."""
    async with connected(url, **LOADING) as connection:
        await connection.execute("DROP TABLE bench_cell, bench_class")
        await connection.execute("SELECT setval('case_number_seq', $1)", city.incidents)
    tables = [(f"VACUUM (ANALYZE) {name}",) for name in (*GROWING, "cell", "area", "post")]
    await _shared(url, "vacuum", [*tables, ("ANALYZE account, unit, category",)])
