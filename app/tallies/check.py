"""Whether the roll-ups are what a count of the cases themselves gives."""

import asyncio
from collections.abc import Sequence
from datetime import date

from asyncpg import Record

from app import db
from app.config import settings
from app.incidents import reader
from app.tallies import keeping

TRIES = 100
PAUSE_SECONDS = 0.1


async def differences(first: date, last: date) -> Sequence[Record] | None:
    """Numbers of some days that differ; None if the log never stood still long enough to look.

    Cases and facts are compared with what has been read of them, so all must have been read.
    """
    for _ in range(TRIES):
        await keeping.read_on()
        async with db.transaction() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            if not await reader.behind_within(session, keeping.READER):
                sql = db.statement("tallies/check.sql")
                return await db.within(session, sql, first, last, settings().timezone)
        await asyncio.sleep(PAUSE_SECONDS)
    return None
