"""Deliveries: claim what is due, call outside without a transaction, record what became of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.config import settings
from app.notices import email, quiet, webhook
from app.notices.models import Channel, State
from app.notices.parcel import Parcel, Undelivered, parcel_of

log = structlog.get_logger("notices")
BATCH = 100
LEASE = timedelta(minutes=30)
WAITS = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 3600, 4 * 3600))
DIGEST = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parcel."""

    state: State
    next_at: datetime
    error: str | None = None


async def release(session: AsyncSession, at: datetime) -> bool:
    """Make parcels of what was held until a moment; tells whether anything is due."""
    rows = await db.within(session, db.statement("notices/release.sql"), at, DIGEST)
    return bool(rows[0]["due"])


async def send_batch() -> bool:
    """Send what is due, up to a hundred parcels; tells whether more may be waiting."""
    now = datetime.now(UTC)
    claimed = await db.hot(db.statement("notices/claim.sql"), now, now + LEASE, BATCH)
    parcels = [parcel_of(row) for row in claimed]
    if not parcels:
        return False
    waiting = {parcel.id: _unsent(parcel, now) for parcel in parcels}
    sent = await _send([parcel for parcel in parcels if waiting[parcel.id] is None])
    await _record([(p, waiting[p.id] or sent[p.id]) for p in parcels])
    return len(parcels) == BATCH


def _unsent(parcel: Parcel, now: datetime) -> Outcome | None:
    """What does not go out at all just now."""
    if not parcel.wanted:
        return Outcome(State.FAILED, now, "收件人已关闭该渠道或账号已停用")
    until = None if parcel.urgent else quiet.until(parcel.quiet, now, settings().zone)
    return Outcome(State.HELD, until) if until is not None else None


async def _send(parcels: Sequence[Parcel]) -> dict[object, Outcome]:
    mails = [parcel for parcel in parcels if parcel.channel is Channel.EMAIL]
    posts = [parcel for parcel in parcels if parcel.channel is Channel.WEBHOOK]
    told = await asyncio.gather(email.send_all(mails), webhook.send_all(posts))
    now = datetime.now(UTC)
    pairs = zip([*mails, *posts], [*told[0], *told[1]], strict=True)
    return {parcel.id: _outcome(parcel, reason, now) for parcel, reason in pairs}


def _outcome(parcel: Parcel, reason: Undelivered | None, now: datetime) -> Outcome:
    if reason is None:
        return Outcome(State.SENT, now)
    final = parcel.tries > len(WAITS)
    log.warning(
        "notice not delivered",
        delivery=str(parcel.id),
        channel=parcel.channel,
        tries=parcel.tries,
        final=final,
        reason=str(reason),
    )
    if final:
        return Outcome(State.FAILED, now, str(reason))
    return Outcome(State.PENDING, now + WAITS[parcel.tries - 1], str(reason))


async def _record(outcomes: Sequence[tuple[Parcel, Outcome]]) -> None:
    await db.hot(
        db.statement("notices/record.sql"),
        [parcel.id for parcel, _ in outcomes],
        [str(outcome.state) for _, outcome in outcomes],
        [outcome.next_at for _, outcome in outcomes],
        [outcome.error for _, outcome in outcomes],
        datetime.now(UTC),
    )
