"""Keeps the roll-ups: a reader of the fact log that counts each fact once, from the very first."""

import asyncio

import structlog

from app import db
from app.config import settings
from app.incidents import reader

log = structlog.get_logger("tallies")
READER = "tallies"
AT_ONCE = 5000
ROOM = "SET LOCAL work_mem = '64MB'"
"""For sorting what a full batch gives; while one runs, live readers of the log wait for it."""
TOLD_EVERY = 50_000
_TRUNCATE = "TRUNCATE tally, tally_hour"
_RESTART = "UPDATE fact_reader SET xid = '0', id = 0 WHERE name = $1"


async def keep(stop: asyncio.Event) -> None:
    """Read on until told to stop; a long way to go is told of in the log."""
    counted = 0

    async def more() -> int:
        nonlocal counted
        facts = await read_on()
        if (counted + facts) // TOLD_EVERY > counted // TOLD_EVERY:
            log.info("counting facts", counted=counted + facts)
        counted += facts
        return facts

    await reader.follow(stop, READER, AT_ONCE, more)


async def read_on() -> int:
    """Count the next facts; returns how many they were, 0 when another worker counts."""
    async with db.transaction() as session:
        await db.within(session, ROOM)
        rows = await reader.next_rows(
            session, READER, db.statement("tallies/rollup.sql"), AT_ONCE, settings().timezone
        )
        return int(rows[0]["facts"]) if rows else 0


async def start_over() -> None:
    """Forget all numbers: the log is read from its beginning again."""
    async with db.transaction() as session:
        await db.within(session, _RESTART, READER)
        await db.within(session, _TRUNCATE)
