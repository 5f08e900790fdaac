"""The account that the system itself acts as: imports, periodic work, moves by the clock."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.db import new_id
from app.people.models import Account
from app.permissions import Permission

USERNAME = "system"


async def system_account(session: AsyncSession) -> Account:
    """The system's own account; made when it is first needed, by whoever comes first."""
    named = select(Account).where(Account.username == USERNAME)
    found: Account | None = await session.scalar(named)
    if found is not None:
        return found
    values = {"id": new_id(), "username": USERNAME, "name": "系统", "roles": ["integration"]}
    made = insert(Account).values(values).on_conflict_do_nothing(index_elements=["username"])
    await session.execute(made)
    return (await session.scalars(named)).one()


async def system_actor(session: AsyncSession) -> Actor:
    """The system as somebody who acts: it sees the whole city and may make every move."""
    account = await system_account(session)
    return Actor(
        id=account.id,
        username=account.username,
        name=account.name,
        roles=tuple(account.roles),
        permissions=frozenset(Permission),
        units=frozenset(),
        places=frozenset({""}),
        areas=frozenset(),
    )
