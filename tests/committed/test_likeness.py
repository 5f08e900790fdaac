"""Possible duplicates are found by a reader of the log, from what has really been committed."""

import asyncio
from uuid import UUID

from sqlalchemy import select

from app import db
from app.incidents import likeness, reader
from app.incidents.branches import Likeness
from tests.committed.test_life import a_committed_centre
from tests.life.acting import FRIDAY, HOUR, reported


async def test_a_reader_compares_what_is_new_and_each_pair_once(pools: str) -> None:
    centre = await a_committed_centre()
    await reader.begin(likeness.READER)
    first = await reported(centre, FRIDAY)
    second = await reported(centre, FRIDAY + HOUR)
    await reported(centre, FRIDAY + 48 * HOUR)
    await reported(centre, FRIDAY, category="C0201")
    found: set[tuple[UUID, UUID]] = set()
    async with asyncio.timeout(100):  # other tests' transactions on this server hold the log back
        while not found or await reader.behind(likeness.READER):
            await asyncio.gather(likeness.read_on(), likeness.read_on())
            async with db.transaction() as session:
                rows = await session.scalars(select(Likeness))
                found = {(row.incident_id, row.other_id) for row in rows}
            await asyncio.sleep(0.05)
    one, other = UUID(first), UUID(second)
    assert found == {(one, other), (other, one)}
    await centre.session.close()
