"""What callers get of units, accounts, posts and keys: one, or a page."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app import db, pages
from app.auth import Actor
from app.people import queries
from app.people.models import Account, ApiKey, Post, Unit
from app.people.schemas import (
    AccountFilter,
    AccountOut,
    AccountPage,
    AccountRef,
    KeyFilter,
    KeyOut,
    KeyPage,
    MeOut,
    PostFilter,
    PostOut,
    PostPage,
    UnitFilter,
    UnitOut,
    UnitRef,
)

_DEPUTY = aliased(Account)


async def list_units(session: AsyncSession, actor: Actor, filters: UnitFilter) -> list[UnitOut]:
    """Units in tree order. Whoever may read people sees every unit: it is a directory."""
    return await _tree(session, unit=None, **filters.model_dump())


async def get_unit(session: AsyncSession, actor: Actor, unit_id: UUID) -> UnitOut:
    """One unit with its depth."""
    found = await _tree(session, unit=unit_id, active=None, q=None)
    if not found:
        raise queries.no_unit(unit_id)
    return found[0]


async def get_account(session: AsyncSession, actor: Actor, account_id: UUID) -> AccountOut:
    """One account."""
    chosen = _with_unit(queries.visible_to(actor)).where(Account.id == account_id)
    row = (await session.execute(chosen)).one_or_none()
    return _account(*queries.present(row, ("账号", "account"), account_id))


async def list_accounts(session: AsyncSession, actor: Actor, filters: AccountFilter) -> AccountPage:
    """Accounts that the actor may see, by username."""
    chosen = _with_unit(queries.visible_to(actor)).order_by(Account.username)
    if filters.role is not None:
        chosen = chosen.where(Account.roles.contains([str(filters.role)]))
    if filters.unit is not None:
        chosen = chosen.where(Account.unit_id == filters.unit)
    if filters.active is not None:
        chosen = chosen.where(Account.active == filters.active)
    if filters.q is not None:
        chosen = chosen.where(
            or_(
                Account.username.icontains(filters.q, autoescape=True),
                Account.name.icontains(filters.q, autoescape=True),
            )
        )
    if key := pages.decode(filters.after, str):
        chosen = chosen.where(Account.username > key[0])
    rows, more = await _page(session, chosen, filters.limit)
    following = pages.encode(rows[-1][0].username) if more else None
    return AccountPage(items=[_account(*row) for row in rows], next=following)


async def get_post(session: AsyncSession, actor: Actor, post_id: UUID) -> PostOut:
    """One post."""
    chosen = _with_holders(queries.visible_posts(actor)).where(Post.id == post_id)
    row = (await session.execute(chosen)).one_or_none()
    return _post(*queries.present(row, ("岗位", "post"), post_id))


async def list_posts(session: AsyncSession, actor: Actor, filters: PostFilter) -> PostPage:
    """Posts that the actor may see, by place, duty and age; those in effect unless asked."""
    chosen = _chosen_posts(actor, filters)
    if key := pages.decode(filters.after, str, str, UUID):
        chosen = chosen.where(tuple_(Post.place_code, Post.duty, Post.id) > tuple_(*key))
    ordered = _with_holders(chosen).order_by(Post.place_code, Post.duty, Post.id)
    rows, more = await _page(session, ordered, filters.limit)
    last = rows[-1][0] if more else None
    following = pages.encode(last.place_code, last.duty, last.id) if last is not None else None
    return PostPage(items=[_post(*row) for row in rows], next=following)


async def get_me(session: AsyncSession, actor: Actor) -> MeOut:
    """Whoever is signed in, with the posts that count now."""
    account = await get_account(session, actor, actor.id)
    now = func.now()
    held = queries.visible_posts(actor).where(
        queries.in_effect(now),
        or_(Post.account_id == actor.id, (Post.deputy_id == actor.id) & queries.deputising(now)),
    )
    rows = await session.execute(_with_holders(held).order_by(Post.place_code, Post.duty, Post.id))
    return MeOut(
        account=account,
        roles=account.roles,
        permissions=sorted(actor.permissions),
        unit=account.unit,
        posts=[_post(*row) for row in rows],
    )


async def get_key(session: AsyncSession, actor: Actor, key_id: UUID) -> KeyOut:
    """One key, without its secret."""
    chosen = _with_account(queries.visible_keys(actor)).where(ApiKey.id == key_id)
    row = (await session.execute(chosen)).one_or_none()
    return _key(*queries.present(row, ("密钥", "key"), key_id))


async def list_keys(session: AsyncSession, actor: Actor, filters: KeyFilter) -> KeyPage:
    """Keys, newest first, without their secrets."""
    chosen = _with_account(queries.visible_keys(actor)).order_by(ApiKey.id.desc())
    if filters.account is not None:
        chosen = chosen.where(ApiKey.account_id == filters.account)
    if key := pages.decode(filters.after, UUID):
        chosen = chosen.where(ApiKey.id < key[0])
    rows, more = await _page(session, chosen, filters.limit)
    following = pages.encode(rows[-1][0].id) if more else None
    return KeyPage(items=[_key(*row) for row in rows], next=following)


def _chosen_posts(actor: Actor, filters: PostFilter) -> Select[Any]:
    chosen = queries.visible_posts(actor)
    if filters.account is not None:
        chosen = chosen.where(
            or_(Post.account_id == filters.account, Post.deputy_id == filters.account)
        )
    if filters.duty is not None:
        chosen = chosen.where(Post.duty == str(filters.duty))
    if filters.place is not None:
        chosen = chosen.where(Post.place_code == filters.place)
    if not filters.all_periods:
        chosen = chosen.where(queries.in_effect(filters.at or func.now()))
    return chosen


def _with_unit(chosen: Select[Any]) -> Select[Any]:
    return chosen.outerjoin(Unit, Unit.id == Account.unit_id).add_columns(Unit)


def _with_holders(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.join(Account, Account.id == Post.account_id)
        .outerjoin(_DEPUTY, _DEPUTY.id == Post.deputy_id)
        .add_columns(Account, _DEPUTY)
    )


def _with_account(chosen: Select[Any]) -> Select[Any]:
    return chosen.join(Account, Account.id == ApiKey.account_id).add_columns(Account)


async def _tree(session: AsyncSession, **asked: Any) -> list[UnitOut]:
    rows = await session.execute(text(db.statement("people/tree.sql")), asked)
    return [UnitOut.model_validate(row) for row in rows]


async def _page(
    session: AsyncSession, chosen: Select[Any], limit: int
) -> tuple[Sequence[Any], bool]:
    """A page of rows, and whether more follow."""
    rows = (await session.execute(chosen.limit(limit + 1))).all()
    return rows[:limit], len(rows) > limit


def _account(account: Account, unit: Unit | None) -> AccountOut:
    until = account.locked_until
    return AccountOut(
        id=account.id,
        username=account.username,
        name=account.name,
        phone=account.phone,
        roles=account.roles,
        unit=UnitRef.model_validate(unit) if unit else None,
        active=account.active,
        locked_until=until if until and until > datetime.now(UTC) else None,
        created_at=account.created_at,
    )


def _post(post: Post, account: Account, deputy: Account | None) -> PostOut:
    return PostOut(
        id=post.id,
        account=AccountRef.model_validate(account),
        duty=post.duty,
        place=post.place_code or None,
        category=post.category_code or None,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
        deputy=AccountRef.model_validate(deputy) if deputy else None,
        deputy_from=post.deputy_from,
        deputy_to=post.deputy_to,
    )


def _key(key: ApiKey, account: Account) -> KeyOut:
    return KeyOut(
        id=key.id,
        name=key.name,
        account=AccountRef.model_validate(account),
        prefix=key.prefix,
        scopes=key.scopes,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        created_at=key.created_at,
    )
