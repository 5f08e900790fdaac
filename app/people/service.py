"""Units, accounts and posts: the verbs. Sign-in and keys have modules of their own."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.db import Model
from app.people import checks, passwords, queries, signin
from app.people.errors import OwnAdministration
from app.people.models import Account, Post, Unit
from app.people.schemas import (
    AccountChange,
    NewAccount,
    NewPost,
    NewUnit,
    PostChange,
    UnitChange,
)
from app.permissions import Role

T = TypeVar("T", bound=Model)


async def create_unit(session: AsyncSession, data: NewUnit) -> Unit:
    """Set up a unit."""
    if data.parent is not None:
        await checks.active_unit(session, data.parent, "/parent")
    unit = Unit(code=data.code, name=data.name, parent_id=data.parent, active=True)
    return await _written(session, unit)


async def change_unit(
    session: AsyncSession, actor: Actor, unit_id: UUID, change: UnitChange
) -> Unit:
    """Rename, move, switch off or on."""
    unit = await queries.get_unit_for_update(session, actor, unit_id)
    changes = change.changes()
    if "parent" in changes:
        parent = changes.pop("parent")
        if parent is not None:
            await checks.parent_of(session, parent, unit.id)
        unit.parent_id = parent
    return await _written(session, unit, changes)


async def create_account(session: AsyncSession, data: NewAccount) -> Account:
    """Set up an account; without a post it sees and is assigned nothing."""
    if data.unit is not None:
        await checks.active_unit(session, data.unit, "/unit")
    account = Account(
        username=data.username,
        name=data.name,
        phone=data.phone,
        roles=_texts(data.roles),
        unit_id=data.unit,
        password_hash=await passwords.hash_(data.password) if data.password else None,
        active=True,
    )
    return await _written(session, account)


async def change_account(
    session: AsyncSession, actor: Actor, account_id: UUID, change: AccountChange
) -> Account:
    """Change what an administrator may; switched off or given a new password, it must sign in.

    Access tokens that are out live on for their minutes, except those of one switched off.
    """
    account = await queries.get_account_for_update(session, actor, account_id)
    changes = change.changes()
    _keep_own_administration(actor, account, changes)
    if "roles" in changes:
        changes["roles"] = _texts(changes["roles"])
        await checks.roles_may_go(session, account, changes["roles"])
    if "unit" in changes:
        unit = changes.pop("unit")
        account.unit_id = (await checks.active_unit(session, unit, "/unit")).id if unit else None
    if password := changes.pop("password", None):
        await signin.set_password(account, password)
    if password or changes.get("active") is False:
        await signin.revoke_all(session, account.id)
    return await _written(session, account, changes)


async def create_post(session: AsyncSession, data: NewPost) -> Post:
    """Give a person a post."""
    post = Post(
        account_id=data.account,
        duty=str(data.duty),
        place_code=data.place or "",
        category_code=data.category or "",
        valid_from=data.valid_from,
        valid_to=data.valid_to,
        deputy_id=data.deputy,
        deputy_from=data.deputy_from,
        deputy_to=data.deputy_to,
    )
    await checks.post(session, post)
    return await _written(session, post)


async def change_post(
    session: AsyncSession, actor: Actor, post_id: UUID, change: PostChange
) -> Post:
    """End or prolong a post, or name its deputy."""
    post = await queries.get_post_for_update(session, actor, post_id)
    before = post.valid_to
    changes = change.changes()
    if "deputy" in changes:
        post.deputy_id = changes.pop("deputy")
        if post.deputy_id is None:
            changes = {"deputy_from": None, "deputy_to": None} | changes
    for name, value in changes.items():
        setattr(post, name, value)
    with session.no_autoflush:
        checks.period(post)
        if before is not None and (post.valid_to is None or post.valid_to > before):
            await checks.holder(session, post)
        if change.model_fields_set - {"valid_to"}:
            await checks.deputy(session, post)
    return await _written(session, post)


def _keep_own_administration(actor: Actor, account: Account, changes: dict[str, Any]) -> None:
    if account.id != actor.id or Role.ADMINISTRATOR not in account.roles:
        return
    if changes.get("active") is False:
        raise OwnAdministration("/active")
    if Role.ADMINISTRATOR not in changes.get("roles", account.roles):
        raise OwnAdministration("/roles")


def _texts(roles: list[Role]) -> list[str]:
    """Each role once, in the order given."""
    return list(dict.fromkeys(str(role) for role in roles))


async def _written(session: AsyncSession, thing: T, changes: dict[str, Any] | None = None) -> T:
    for name, value in (changes or {}).items():
        setattr(thing, name, value)
    session.add(thing)
    await session.flush()
    return thing
