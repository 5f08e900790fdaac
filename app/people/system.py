"""The account that the system itself acts as: imports, periodic work."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import new_id
from app.people.models import Account

USERNAME = "system"


async def system_account(session: AsyncSession) -> Account:
    """The system's own account; made when it is first needed, by whoever comes first."""
    values = {"id": new_id(), "username": USERNAME, "name": "系统", "roles": ["integration"]}
    made = insert(Account).values(values).on_conflict_do_nothing(index_elements=["username"])
    await session.execute(made)
    return (await session.scalars(select(Account).where(Account.username == USERNAME))).one()
