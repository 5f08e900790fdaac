"""Reads of exports: one's own, nobody else's."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.exports.models import Export
from app.problems import NotFound

SHOWN = 100


async def list_exports(session: AsyncSession, actor: Actor) -> Sequence[Export]:
    """The newest, the newest first."""
    mine = select(Export).where(Export.account_id == actor.id)
    newest = mine.order_by(Export.created_at.desc(), Export.id.desc()).limit(SHOWN)
    return (await session.scalars(newest)).all()


async def get(session: AsyncSession, actor: Actor, export_id: UUID) -> Export:
    """One of the actor's exports."""
    mine = select(Export).where(Export.id == export_id, Export.account_id == actor.id)
    found = await session.scalar(mine)
    if found is None:
        raise NotFound(what=("导出", "export"), value=str(export_id))
    return found
