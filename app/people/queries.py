"""Reads of people: what an actor may see, and single rows by id, code or name."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    case,
    column,
    func,
    literal,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.people.models import OWNER, Account, ApiKey, Post, Unit
from app.permissions import Permission
from app.problems import NotFound

T = TypeVar("T")
_CELL = table("cell", column("code", Text()), column("path", ARRAY(Text())))
"""Grids stand above people: only the name of their table is known here."""


def visible_to(actor: Actor) -> Select[Account]:
    """Oneself, the people of one's unit, and whoever has a post in one's places."""
    if _all(actor):
        return select(Account)
    here = and_(in_effect(func.now()), _within(actor, Post.place_code))
    return select(Account).where(
        or_(
            Account.id == actor.id,
            Account.unit_id == _any_id(actor.units),
            Account.id.in_(select(Post.account_id).where(here, Post.account_id.is_not(None))),
            Account.id.in_(select(Post.deputy_id).where(here, deputising(func.now()))),
        )
    )


def visible_posts(actor: Actor) -> Select[Post]:
    """One's own posts, those of the people of one's unit, and those in one's places.

    Owners of matters are no posts of persons: `app.ownership` has them.
    """
    persons = select(Post).where(Post.duty != OWNER)
    if _all(actor):
        return persons
    colleagues = select(Account.id).where(Account.unit_id == _any_id(actor.units))
    return persons.where(
        or_(
            Post.account_id == actor.id,
            Post.deputy_id == actor.id,
            Post.account_id.in_(colleagues),
            _within(actor, Post.place_code),
        )
    )


def visible_keys(actor: Actor) -> Select[ApiKey]:
    """Every key for those who manage them, else the keys of one's own account."""
    if actor.may(Permission.KEY_MANAGE):
        return select(ApiKey)
    return select(ApiKey).where(ApiKey.account_id == actor.id)


def in_effect(at: Any) -> ColumnElement[bool]:
    """Posts whose period holds a moment."""
    return and_(Post.valid_from <= at, or_(Post.valid_to.is_(None), Post.valid_to > at))


def deputising(at: Any) -> ColumnElement[bool]:
    """Posts in which the deputy stands in at a moment."""
    return and_(Post.deputy_id.is_not(None), Post.deputy_from <= at, Post.deputy_to > at)


async def find_unit(session: AsyncSession, unit_id: UUID) -> Unit | None:
    """An active unit, or None."""
    return await session.scalar(select(Unit).where(Unit.id == unit_id, Unit.active))


async def find_unit_coded(session: AsyncSession, code: str) -> Unit | None:
    """The active unit with a code, or None."""
    return await session.scalar(select(Unit).where(Unit.code == code, Unit.active))


async def find_account_named(session: AsyncSession, username: str) -> Account | None:
    """The account with a username, or None."""
    return await session.scalar(select(Account).where(Account.username == username))


async def unit_and_above(session: AsyncSession, unit_id: UUID) -> set[UUID]:
    """A unit and all units above it."""
    line = select(Unit.id, Unit.parent_id).where(Unit.id == unit_id).cte("line", recursive=True)
    line = line.union(select(Unit.id, Unit.parent_id).join(line, Unit.id == line.c.parent_id))
    return set(await session.scalars(select(line.c.id)))


async def members_of(
    session: AsyncSession, unit_ids: Collection[UUID], roles: Collection[str] = ()
) -> Sequence[Account]:
    """Active accounts of units and of all units below them, by username; with one of the roles."""
    below = select(Unit.id).where(Unit.id == _any_id(unit_ids)).cte("below", recursive=True)
    below = below.union(select(Unit.id).join(below, Unit.parent_id == below.c.id))
    chosen = select(Account).where(Account.active, Account.unit_id.in_(select(below.c.id)))
    if roles:
        chosen = chosen.where(Account.roles.overlap(sorted(roles)))
    return (await session.scalars(chosen.order_by(Account.username))).all()


async def on_duty(
    session: AsyncSession, duty: str, path: Sequence[str], at: datetime
) -> Sequence[Account]:
    """Active accounts with a duty on a cell's path or in the whole city, the narrowest place first.

    A deputy stands in for the holder.
    """
    codes = literal(["", *path], ARRAY(Text()))
    holder = case((deputising(at), Post.deputy_id), else_=Post.account_id)
    chosen = (
        select(Account)
        .join(Post, Account.id == holder)
        .where(Account.active, Post.duty == duty, Post.place_code == any_(codes), in_effect(at))
        .order_by(func.array_position(codes, Post.place_code).desc(), Post.valid_from, Post.id)
    )
    return (await session.scalars(chosen)).unique().all()


async def get_unit_for_update(session: AsyncSession, actor: Actor, unit_id: UUID) -> Unit:
    """A unit to change, locked."""
    found = await session.get(Unit, unit_id, with_for_update=True)
    if found is None:
        raise no_unit(unit_id)
    return found


async def get_account_for_update(session: AsyncSession, actor: Actor, account_id: UUID) -> Account:
    """An account to change, locked: its sign-ins wait."""
    chosen = visible_to(actor).where(Account.id == account_id)
    found = await session.scalar(chosen.with_for_update())
    return present(found, ("账号", "account"), account_id)


async def get_post_for_update(session: AsyncSession, actor: Actor, post_id: UUID) -> Post:
    """A post to change, locked."""
    chosen = visible_posts(actor).where(Post.id == post_id)
    return present(await session.scalar(chosen.with_for_update()), ("岗位", "post"), post_id)


async def get_key_for_update(session: AsyncSession, actor: Actor, key_id: UUID) -> ApiKey:
    """A key to revoke, locked."""
    chosen = visible_keys(actor).where(ApiKey.id == key_id)
    return present(await session.scalar(chosen.with_for_update()), ("密钥", "key"), key_id)


def no_unit(unit_id: UUID) -> NotFound:
    return NotFound(what=("单位", "unit"), value=str(unit_id))


def present(found: T | None, what: tuple[str, str], value: UUID) -> T:
    """Absent or invisible: the answer does not tell which."""
    if found is None:
        raise NotFound(what=what, value=str(value))
    return found


def _all(actor: Actor) -> bool:
    return actor.may(Permission.PEOPLE_MANAGE) or actor.everywhere


def _any_id(ids: Collection[UUID]) -> ColumnElement[Any]:
    return any_(literal(sorted(ids), ARRAY(Uuid())))


def _within(actor: Actor, code: Any) -> ColumnElement[bool]:
    """A place's code is one of the actor's, or of an area or a cell below them."""
    if not actor.places:
        return ~true()
    places = literal(sorted(actor.places), ARRAY(Text()))
    below = select(_CELL.c.code).where(_CELL.c.path.op("&&")(places))
    areas = literal(sorted(actor.areas | actor.places), ARRAY(Text()))
    return or_(code == any_(areas), code.in_(below))
