"""Readers of the fact log that keep their place in the database: each fact once, in commit order.

The place and what a reader writes commit together, so that a stop at any time loses and doubles
nothing. One worker reads under a name at a time; the others find the place taken.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.jobs import again

INTERVAL_SECONDS = 0.5
_BEGIN = """
INSERT INTO fact_reader (name, xid, id)
SELECT $1, coalesce(max(xid), '0'::xid8), coalesce(max(id), 0)
FROM (
  SELECT xid, id FROM fact WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
  ORDER BY xid DESC, id DESC LIMIT 1
) newest
ON CONFLICT DO NOTHING
"""
_TAKE = "SELECT xid::text, id FROM fact_reader WHERE name = $1 FOR UPDATE SKIP LOCKED"
_MOVE = "UPDATE fact_reader SET xid = $2::text::xid8, id = $3 WHERE name = $1"
_UNREAD = """
SELECT EXISTS (
  SELECT FROM fact f JOIN fact_reader r ON (f.xid, f.id) > (r.xid, r.id) WHERE r.name = $1
) AS unread
"""


async def begin(name: str) -> None:
    """A reader's place: where the log ends when it is first started."""
    await db.hot(_BEGIN, name)


async def follow(
    stop: asyncio.Event, name: str, at_once: int, read_on: Callable[[], Awaitable[int]]
) -> None:
    """Read on twice a second until told to stop; at once while there is a full batch to read.

    `read_on` reads the next facts under the name and says how many they were.
    """
    begun = False

    async def more() -> bool:
        nonlocal begun
        if not begun:
            await begin(name)
            begun = True
        return await read_on() == at_once

    await again(stop, name, INTERVAL_SECONDS, more)


async def behind(name: str) -> bool:
    """Whether committed facts are unread; a transaction anywhere on the server holds them back."""
    return bool((await db.hot(_UNREAD, name))[0]["unread"])


async def behind_within(session: AsyncSession, name: str) -> bool:
    """The same, as the session's snapshot sees it."""
    return bool((await db.within(session, _UNREAD, name))[0]["unread"])


async def next_rows(
    session: AsyncSession, name: str, sql: str, at_once: int, *more: Any
) -> Sequence[Record]:
    """The rows behind the place, which moves on with the session; none if another worker reads.

    `sql` takes a place as $1, $2 and a number of rows as $3, and gives `xid` and `id` in order.
    """
    taken = await db.within(session, _TAKE, name)
    if not taken:
        return ()
    rows = await db.within(session, sql, taken[0]["xid"], taken[0]["id"], at_once, *more)
    if rows:
        await db.within(session, _MOVE, name, rows[-1]["xid"], rows[-1]["id"])
    return rows
