"""The verbs of ownership: give a matter to somebody, end that."""

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.ownership import queries
from app.ownership.drawing import Drawing, drawing
from app.ownership.errors import EndBeforeBeginning, HolderUnclear, PlaceUnclear
from app.ownership.schemas import NewOwner, OwnerChange
from app.people import checks
from app.people.models import OWNER, Post


async def create_owner(session: AsyncSession, data: NewOwner) -> Post:
    """Give a class of matters in a place to a unit, an account or a role."""
    if (data.unit, data.account, data.role).count(None) != 2:
        raise HolderUnclear("/unit")
    if data.place and data.area is not None:
        raise PlaceUnclear("/area")
    await _active(session, data)
    await checks.place_and_matter(session, data.place, data.category or "")
    drawn = await _drawing(data)
    post = Post(
        unit_id=data.unit,
        account_id=data.account,
        role=data.role,
        duty=OWNER,
        place_code=None if drawn else data.place or "",
        area=drawn.ewkt if drawn else None,
        area_square_metres=drawn.square_metres if drawn else None,
        category_code=data.category or "",
        valid_from=data.valid_from,
        valid_to=data.valid_to,
    )
    checks.period(post)
    session.add(post)
    await session.flush()
    return post


async def change_owner(
    session: AsyncSession, actor: Actor, post_id: UUID, change: OwnerChange
) -> Post:
    """End an ownership, prolong it, or withdraw it: then it ends when it begins."""
    post = await queries.get_for_update(session, actor, post_id)
    if "valid_to" not in change.model_fields_set:
        return post
    if change.valid_to is not None and change.valid_to < post.valid_from:
        raise EndBeforeBeginning("/valid_to", start=post.valid_from.isoformat())
    before = post.valid_to
    post.valid_to = change.valid_to
    if before is not None and (post.valid_to is None or post.valid_to > before):
        with session.no_autoflush:
            await _still_active(session, post)
    await session.flush()
    return post


async def _drawing(data: NewOwner) -> Drawing | None:
    if data.area is None:
        return None
    return await asyncio.to_thread(drawing, data.area.polygons(), data.area.crs)


async def _active(session: AsyncSession, data: NewOwner) -> None:
    if data.unit is not None:
        await checks.active_unit(session, data.unit, "/unit")
    if data.account is not None:
        await checks.active_account(session, data.account, "/account")


async def _still_active(session: AsyncSession, post: Post) -> None:
    if post.unit_id is not None:
        await checks.active_unit(session, post.unit_id, "/unit")
    if post.account_id is not None:
        await checks.active_account(session, post.account_id, "/account")
