"""API keys: shown once, stored hashed, scoped, expiring."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import KEY_PREFIX, Actor, key_hash
from app.people import checks, passwords, queries
from app.people.errors import KeyExpiryOutOfRange, ScopeNotHeld
from app.people.models import Account, ApiKey
from app.people.schemas import NewKey
from app.permissions import permissions_of

LONGEST = timedelta(days=731)
SHOWN_CHARACTERS = 12


async def create_key(session: AsyncSession, actor: Actor, data: NewKey) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can read again."""
    _check_end(data.expires_at)
    account = await checks.active_account(session, data.account, "/account")
    _check_scopes(account, data)
    secret = passwords.new_secret(KEY_PREFIX)
    key = ApiKey(
        name=data.name,
        account_id=account.id,
        key_hash=key_hash(secret),
        prefix=secret[:SHOWN_CHARACTERS],
        scopes=sorted({str(scope) for scope in data.scopes}),
        expires_at=data.expires_at,
        created_by=actor.id,
    )
    session.add(key)
    await session.flush()
    return key, secret


async def revoke_key(session: AsyncSession, actor: Actor, key_id: UUID) -> None:
    """End a key; one that has ended keeps the moment of its end."""
    key = await queries.get_key_for_update(session, actor, key_id)
    key.revoked_at = key.revoked_at or datetime.now(UTC)


def _check_end(expires_at: datetime) -> None:
    now = datetime.now(UTC)
    if not now < expires_at <= now + LONGEST:
        raise KeyExpiryOutOfRange("/expires_at", latest=(now + LONGEST).isoformat())


def _check_scopes(account: Account, data: NewKey) -> None:
    missing = set(data.scopes) - permissions_of(account.roles)
    if missing:
        raise ScopeNotHeld("/scopes", username=account.username, missing=sorted(missing))
