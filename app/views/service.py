"""The verbs of saved views; each person has their own."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.problems import NotFound
from app.views.errors import TooManyViews
from app.views.models import SavedView
from app.views.schemas import View

MOST = 100


async def list_views(session: AsyncSession, actor: Actor) -> Sequence[SavedView]:
    """One's views in the order that one has given them."""
    mine = select(SavedView).where(SavedView.account_id == actor.id)
    return (await session.scalars(mine.order_by(SavedView.position, SavedView.name))).all()


async def get(session: AsyncSession, actor: Actor, name: str) -> SavedView:
    """One of them."""
    found = await session.get(SavedView, (actor.id, name))
    if found is None:
        raise NotFound(what=("视图", "view"), value=name)
    return found


async def save(session: AsyncSession, actor: Actor, name: str, view: View) -> SavedView:
    """Keep a view under a name, in the place of the one that had it."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"views:{actor.id}"))))
    row = await session.get(SavedView, (actor.id, name))
    if row is None:
        mine = select(func.count()).where(SavedView.account_id == actor.id)
        if (await session.scalar(mine) or 0) >= MOST:
            raise TooManyViews(most=MOST)
        row = SavedView(account_id=actor.id, name=name)
        session.add(row)
    for field, value in view.model_dump().items():
        setattr(row, field, value)
    row.updated_at = func.now()
    await session.flush()
    await session.refresh(row)
    return row


async def remove(session: AsyncSession, actor: Actor, name: str) -> None:
    """Forget a view."""
    mine = delete(SavedView).where(SavedView.account_id == actor.id, SavedView.name == name)
    if not (await session.execute(mine.returning(SavedView.name))).all():
        raise NotFound(what=("视图", "view"), value=name)
