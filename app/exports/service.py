"""The verbs of exports: ask for one, remove old ones."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import jobs
from app.auth import Actor
from app.config import settings
from app.exports.errors import TooManyExports
from app.exports.models import Export, State
from app.exports.schemas import ExportAsked

MAKE = "exports.make"
AT_ONCE, A_DAY = 5, timedelta(days=1)
"""Exports of one person, within so long, that have not ended."""
REMOVED = 500


async def submit(session: AsyncSession, actor: Actor, asked: ExportAsked) -> Export:
    """Write down what is wanted, for a worker to make at once."""
    locked = func.pg_advisory_xact_lock(func.hashtext(f"export:{actor.id}"))
    await session.execute(select(locked))
    waiting = select(func.count()).where(
        Export.account_id == actor.id,
        Export.status.in_((State.QUEUED, State.RUNNING)),
        Export.created_at > func.now() - A_DAY,
    )
    if (await session.scalar(waiting) or 0) >= AT_ONCE:
        raise TooManyExports(most=AT_ONCE)
    row = Export(
        account_id=actor.id,
        which=asked.shown().model_dump(mode="json", exclude_defaults=True),
        columns=list(asked.columns),
        format=asked.format,
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    await jobs.enqueue(session, MAKE, export_id=row.id)
    return row


async def forget_old(session: AsyncSession) -> list[str]:
    """Remove the rows of some exports whose time is over; the keys of their files."""
    old = Export.created_at < func.now() - timedelta(days=settings().export_days)
    some = select(Export.id).where(old).limit(REMOVED)
    gone = await session.scalars(delete(Export).where(Export.id.in_(some)).returning(Export))
    return [row.key for row in gone]
