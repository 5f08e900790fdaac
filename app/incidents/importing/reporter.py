"""Who imported cases are reported by."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.incidents.importing.errors import UnknownReporter
from app.people.models import Account
from app.people.system import system_account
from app.permissions import Permission, permissions_of
from app.problems import Forbidden


async def actor(session: AsyncSession, username: str | None) -> Actor:
    """The account with this name, or the system's own; it must be allowed to report."""
    account = await _account(session, username)
    found = Actor(
        id=account.id,
        username=account.username,
        name=account.name,
        roles=tuple(account.roles),
        permissions=permissions_of(account.roles),
        units=frozenset(),
        places=frozenset(),
        areas=frozenset(),
    )
    if not found.may(Permission.INCIDENT_REPORT):
        raise Forbidden(permission=Permission.INCIDENT_REPORT)
    return found


async def _account(session: AsyncSession, username: str | None) -> Account:
    if username is None:
        return await system_account(session)
    named = select(Account).where(Account.username == username, Account.active)
    account = await session.scalar(named)
    if account is None:
        raise UnknownReporter(username=username)
    return account
