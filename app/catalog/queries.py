"""Reads of the catalogue."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Category


async def list_(session: AsyncSession, words: str | None) -> Sequence[Category]:
    """Active classes in code order; `words` is the beginning of a code or a part of a name."""
    chosen = select(Category).where(Category.active).order_by(Category.code)
    if words:
        chosen = chosen.where(
            or_(
                Category.code.istartswith(words, autoescape=True),
                Category.name.icontains(words, autoescape=True),
                Category.name_en.icontains(words, autoescape=True),
            )
        )
    return (await session.scalars(chosen)).all()
