"""Background work of cases: wake listeners when facts arrive, sweep old idempotency keys."""

import asyncio

import structlog

from app import db
from app.config import settings
from app.jobs import periodic

log = structlog.get_logger("facts")
CHANNEL = "wangge_facts"
INTERVAL_SECONDS = 0.1

_NEWEST = """
SELECT xid::text, id FROM fact
WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY fact.xid DESC, fact.id DESC LIMIT 1
"""


async def tail(stop: asyncio.Event) -> None:
    """Send one NOTIFY per batch of new facts, so that intake need not send any.

    Listeners read the facts by cursor; the payload only says how far the log has come.
    """
    last: tuple[str, int] | None = None
    while not stop.is_set():
        rows = await db.hot(_NEWEST)
        newest = (rows[0]["xid"], rows[0]["id"]) if rows else None
        if newest is not None and newest != last:
            await db.hot("SELECT pg_notify($1, $2)", CHANNEL, f"{newest[0]}-{newest[1]}")
            last = newest
        try:
            await asyncio.wait_for(stop.wait(), INTERVAL_SECONDS)
        except TimeoutError:
            continue


@periodic("incidents.sweep_keys", "17 3 * * *")
async def sweep_keys() -> None:
    """Forget idempotency keys whose time is over, some thousands at a time."""
    sql = """
    DELETE FROM intake_key WHERE ctid IN (
      SELECT ctid FROM intake_key WHERE created_at < now() - make_interval(days => $1) LIMIT 10000
    ) RETURNING 1
    """
    while await db.hot(sql, settings().idempotency_days):
        log.info("swept idempotency keys")
