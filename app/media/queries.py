"""Reads of evidence files."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.media.models import Media


async def by_id(session: AsyncSession, ids: Iterable[UUID]) -> Mapping[UUID, Media]:
    """Those of the files that exist."""
    found = await session.scalars(select(Media).where(Media.id.in_(ids)))
    return {media.id: media for media in found}


async def known(ids: Sequence[UUID]) -> set[UUID]:
    """Which ids have been taken for good."""
    rows = await db.hot("SELECT id FROM media WHERE id = ANY($1)", ids) if ids else []
    return {row["id"] for row in rows}
