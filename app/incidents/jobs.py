"""Background work of cases: wake listeners when facts arrive, watch shares, sweep old keys."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import structlog

from app import db
from app.config import settings
from app.incidents import figures
from app.jobs import again, periodic
from app.notices.service import Message, notify
from app.people.queries import on_duty
from app.permissions import Role

log = structlog.get_logger("facts")
CHANNEL = "wangge_facts"
INTERVAL_SECONDS = 0.1

NEWEST = """
SELECT xid::text, id FROM fact
WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY fact.xid DESC, fact.id DESC LIMIT 1
"""


async def tail(stop: asyncio.Event) -> None:
    """Send one NOTIFY per batch of new facts, so that intake need not send any.

    Listeners read the facts by cursor; the payload only says how far the log has come.
    """
    last: tuple[str, int] | None = None

    async def look() -> bool:
        nonlocal last
        rows = await db.hot(NEWEST)
        newest = (rows[0]["xid"], rows[0]["id"]) if rows else None
        if newest is not None and newest != last:
            await db.hot("SELECT pg_notify($1, $2)", CHANNEL, f"{newest[0]}-{newest[1]}")
            last = newest
        return False

    await again(stop, "tail", INTERVAL_SECONDS, look)


@periodic("incidents.watch_shares", "40 23 * * *")
async def watch_shares() -> None:
    """Tell supervisors and evaluators of units whose shares are above the rules, once a week."""
    now = datetime.now(UTC)
    async with db.transaction() as session:
        found = [share for share in (await figures.shares(session, now)).items if share.alerts]
        people: set[UUID] = set()
        for role in (Role.SUPERVISOR, Role.EVALUATOR):
            people |= {account.id for account in await on_duty(session, role, (), now)}
        for share in found:
            names = "、".join(SHARES[alert] for alert in share.alerts)
            title = f"{share.name}：{names}占派遣数的比例超过设定"
            key = f"shares:{share.unit_id}:{now:%G-%V}"
            message = Message(kind="shares", title=title, body=title, key=key)
            await notify(session, people, message, at=now)


SHARES = {"returned": "回退", "extended": "延期", "suspended": "挂账", "voided": "作废"}


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
