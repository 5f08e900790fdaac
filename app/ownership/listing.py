"""What callers get of ownership: one, a page, or the verdict for a place."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app import pages
from app.auth import Actor
from app.coordinates import to_storage
from app.grids import queries as grids
from app.grids.schemas import Wording
from app.ownership import queries
from app.ownership.schemas import (
    AreaOut,
    FindingOut,
    FoundOwner,
    OwnerFilter,
    OwnerOut,
    OwnerPage,
    Question,
)
from app.people import checks
from app.people.models import Account, Post, Unit
from app.people.queries import in_effect, present
from app.people.schemas import AccountRef, UnitRef
from app.spatial import as_geojson


async def get_owner(session: AsyncSession, actor: Actor, post_id: UUID) -> OwnerOut:
    """One ownership."""
    chosen = with_holders(queries.visible_to(actor)).where(Post.id == post_id)
    row = (await session.execute(chosen)).one_or_none()
    return _owner(*present(row, queries.WHAT, post_id))


async def list_owners(session: AsyncSession, actor: Actor, filters: OwnerFilter) -> OwnerPage:
    """Ownership by class and age; what is in effect unless asked."""
    chosen = _chosen(actor, filters).order_by(Post.category_code, Post.id)
    if key := pages.decode(filters.after, str, UUID):
        chosen = chosen.where(tuple_(Post.category_code, Post.id) > tuple_(*key))
    found = with_holders(chosen).limit(filters.limit + 1)
    rows = (await session.execute(found)).all()
    following = None
    if len(rows) > filters.limit:
        rows = rows[: filters.limit]
        following = pages.encode(rows[-1][0].category_code, rows[-1][0].id)
    return OwnerPage(items=[_owner(*row) for row in rows], next=following)


async def resolve(session: AsyncSession, actor: Actor, asked: Question) -> FindingOut:
    """Whose a class is at a place."""
    await checks.place_and_matter(session, None, asked.category, where="query/")
    lon, lat = to_storage(asked.lon, asked.lat, asked.crs)
    cell = await grids.find_cell_at(session, lon, lat)
    found = await queries.owners_of(
        session,
        path=cell.path if cell else (),
        lon=lon,
        lat=lat,
        category=asked.category,
        at=asked.at or datetime.now(UTC),
    )
    return FindingOut(
        verdict=found.verdict.value,
        cell=cell.code if cell else None,
        owners=[_found(owner) for owner in found.owners],
    )


def with_holders(chosen: Select[Any]) -> Select[Any]:
    """With the names of holders, and the drawing as GeoJSON."""
    return (
        chosen.outerjoin(Unit, Unit.id == Post.unit_id)
        .outerjoin(Account, Account.id == Post.account_id)
        .add_columns(Unit, Account, as_geojson(Post.area))
    )


def _chosen(actor: Actor, filters: OwnerFilter) -> Select[Any]:
    equal = {
        Post.unit_id: filters.unit,
        Post.account_id: filters.account,
        Post.role: filters.role,
        Post.place_code: filters.place,
        Post.category_code: filters.category,
    }
    given = [column == value for column, value in equal.items() if value is not None]
    chosen = queries.visible_to(actor).where(*given)
    if filters.drawn is not None:
        chosen = chosen.where(Post.place_code.is_(None) == filters.drawn)
    if not filters.all_periods:
        chosen = chosen.where(in_effect(filters.at or func.now()))
    return chosen


def _owner(post: Post, unit: Unit | None, account: Account | None, area: str | None) -> OwnerOut:
    return OwnerOut(
        id=post.id,
        unit=UnitRef.model_validate(unit) if unit else None,
        account=AccountRef.model_validate(account) if account else None,
        role=post.role,
        place=post.place_code or None,
        area=AreaOut.of(area) if area else None,
        area_square_metres=post.area_square_metres,
        category=post.category_code or None,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
    )


def _found(owner: queries.Owner) -> FoundOwner:
    return FoundOwner(
        id=owner.post_id,
        kind=owner.kind,
        unit=owner.unit_id,
        account=owner.account_id,
        role=owner.role,
        name=owner.name,
        partner=owner.partner,
        reason=Wording(zh=owner.reason[0], en=owner.reason[1]),
    )
