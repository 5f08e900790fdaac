"""Reads of units, accounts and posts."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.models import Unit


async def find_unit(session: AsyncSession, unit_id: UUID) -> Unit | None:
    """An active unit, or None."""
    return await session.scalar(select(Unit).where(Unit.id == unit_id, Unit.active))
