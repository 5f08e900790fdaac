"""Passwords and long random secrets: argon2id in a thread, never in the event loop."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import SecretStr

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's choice: 19 MiB each, so that a morning's sign-ins do not fill the memory."""

_NOBODY = _HASHER.hash(secrets.token_urlsafe())


async def hash_(password: SecretStr) -> str:
    """What is stored of a password."""
    return await asyncio.to_thread(_HASHER.hash, password.get_secret_value())


async def matches(stored: str | None, password: SecretStr) -> bool:
    """Whether a password is the stored one; without one it takes just as long to say no."""
    right = await asyncio.to_thread(_verify, stored or _NOBODY, password.get_secret_value())
    return right and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def new_secret(prefix: str = "") -> str:
    """256 random bits as text."""
    return prefix + secrets.token_urlsafe(32)
