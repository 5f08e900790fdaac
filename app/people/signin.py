"""Sign-in: password, lock-out, chains of refresh tokens that can be revoked."""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor, issue_access_token, key_hash
from app.config import settings
from app.people import passwords
from app.people.credentials import PasswordChange, SignIn, TokenOut
from app.people.errors import AccountLocked, InvalidRefreshToken, WrongCredentials, WrongPassword
from app.people.models import Account, RefreshToken

log = structlog.get_logger("people")


async def sign_in(data: SignIn) -> TokenOut:
    """Tokens for a username and its password."""
    secret = passwords.new_secret()
    account_id = await _try(data.username.lower(), data.password, secret)
    if account_id is None:
        raise WrongCredentials
    return _tokens(account_id, secret)


async def refresh(token: SecretStr) -> TokenOut:
    """New tokens for a refresh token; one that was used before ends its whole chain."""
    hashed, secret = _hash(token), passwords.new_secret()
    rows = await db.hot(
        db.statement("people/rotate.sql"),
        hashed,
        db.new_id(),
        key_hash(secret),
        settings().refresh_token_days,
    )
    if not rows:
        burnt = await db.hot(db.statement("people/revoke.sql"), hashed, True)
        if burnt:
            log.warning("refresh token reused", account=str(burnt[0]["account_id"]))
        raise InvalidRefreshToken
    return _tokens(rows[0]["account_id"], secret)


async def sign_out(token: SecretStr) -> None:
    """End the chain of a refresh token; an unknown one has ended already."""
    await db.hot(db.statement("people/revoke.sql"), _hash(token), False)


async def change_password(session: AsyncSession, actor: Actor, data: PasswordChange) -> None:
    """Set one's own password; wrong guesses of the current one count like at sign-in."""
    if await _try(actor.username, data.current) is None:
        raise WrongPassword("/current")
    account = await session.get_one(Account, actor.id, with_for_update=True)
    await set_password(account, data.new)
    await revoke_all(session, account.id, keep=data.refresh_token)


async def set_password(account: Account, password: SecretStr) -> None:
    """Store a password; a lock ends with the old one."""
    account.password_hash = await passwords.hash_(password)
    account.failed_logins, account.locked_until = 0, None


async def revoke_all(
    session: AsyncSession, account_id: UUID, *, keep: SecretStr | None = None
) -> None:
    """End every sign-in of an account, but for the chain of a token to keep."""
    chosen = update(RefreshToken).where(
        RefreshToken.account_id == account_id, RefreshToken.revoked_at.is_(None)
    )
    if keep is not None:
        kept = select(RefreshToken.chain_id).where(RefreshToken.token_hash == _hash(keep))
        chosen = chosen.where(RefreshToken.chain_id.not_in(kept))
    await session.execute(
        chosen.values(revoked_at=datetime.now(UTC)).execution_options(synchronize_session=False)
    )


async def _try(username: str, password: SecretStr, secret: str | None = None) -> UUID | None:
    """The account, if the password is right; a failure is counted, a lock is AccountLocked.

    A right password opens the chain of the refresh token `secret`, if there is one.
    """
    candidate = await _candidate(username)
    found, stored = candidate or (None, None)
    right = await passwords.matches(stored, password)
    config = settings()
    counted = await db.hot(
        db.statement("people/attempt.sql"),
        found,
        right,
        config.login_failures,
        config.login_lock_minutes,
        db.new_id(),
        key_hash(secret) if secret else None,
        config.refresh_token_days,
        stored,
    )
    if found is not None and not counted:
        await _candidate(username)
        return None
    return found if right else None


async def _candidate(username: str) -> tuple[UUID, str] | None:
    rows = await db.hot(db.statement("people/candidate.sql"), username)
    if not rows:
        return None
    if rows[0]["locked_seconds"] is not None:
        log.warning("sign-in refused, account locked", username=username)
        raise AccountLocked(retry_after_seconds=rows[0]["locked_seconds"])
    return rows[0]["id"], rows[0]["password_hash"]


def _hash(token: SecretStr) -> bytes:
    return key_hash(token.get_secret_value())


def _tokens(account_id: UUID, secret: str) -> TokenOut:
    access, seconds = issue_access_token(account_id)
    return TokenOut(access_token=access, expires_in=seconds, refresh_token=secret)
