"""From a token or a key to an Actor; `may(Permission)` is the gate in a route's signature."""

import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer
from starlette.requests import HTTPConnection

from app import db
from app.config import settings
from app.permissions import Permission, permissions_of
from app.problems import Forbidden, Unauthenticated

ALGORITHM = "HS256"
KEY_PREFIX = "wgk_"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. `places` holds post codes ("" is the whole city), `areas` those below."""

    id: UUID
    username: str
    name: str
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    units: frozenset[UUID]
    places: frozenset[str]
    areas: frozenset[str]

    @property
    def everywhere(self) -> bool:
        """Whether a post covers the whole city."""
        return "" in self.places

    def may(self, permission: Permission) -> bool:
        """Whether this actor holds a permission."""
        return permission in self.permissions


def issue_access_token(account_id: UUID) -> tuple[str, int]:
    """A signed access token and its life in seconds."""
    life = timedelta(minutes=settings().access_token_minutes)
    claims = {"sub": str(account_id), "exp": datetime.now(UTC) + life, "use": "access"}
    key = settings().secret_key.get_secret_value()
    return jwt.encode(claims, key, algorithm=ALGORITHM), int(life.total_seconds())


def key_hash(secret: str) -> bytes:
    """What is stored of a long random secret."""
    return hashlib.sha256(secret.encode()).digest()


def read_access_token(token: str) -> tuple[UUID, float]:
    """The account that an access token was issued to, and when it ends (seconds of the epoch)."""
    try:
        key = settings().secret_key.get_secret_value()
        options: Any = {"require": ["exp", "sub"]}
        claims = jwt.decode(token, key, algorithms=[ALGORITHM], options=options)
        if claims.get("use") != "access":
            raise Unauthenticated
        return UUID(claims["sub"]), float(claims["exp"])
    except (jwt.InvalidTokenError, ValueError) as error:
        raise Unauthenticated from error


_cache: dict[str, tuple[float, Actor]] = {}
_CACHE_LIMIT = 10_000


async def actor_of(token: str) -> Actor:
    """The actor behind a bearer token or an API key, remembered for a few seconds.

    A withdrawn right therefore ends within `WANGGE_ACTOR_CACHE_SECONDS` in each process.
    """
    known = _cache.get(token)
    if known is not None and known[0] > time.time():
        return known[1]
    account, expires = _read(token)
    actor = await _load(account, token)
    if len(_cache) >= _CACHE_LIMIT:
        _cache.clear()
    _cache[token] = (min(expires, time.time() + settings().actor_cache_seconds), actor)
    return actor


def ends_at(token: str) -> float:
    """When a token ends (seconds of the epoch); a key is asked for each time."""
    return _read(token)[1]


def _read(token: str) -> tuple[UUID | None, float]:
    return (None, inf) if token.startswith(KEY_PREFIX) else read_access_token(token)


async def actor_by_id(account_id: UUID) -> Actor:
    """The actor that an account is: for work that nobody signs in to, such as a simulation."""
    return await _load(account_id)


async def _load(account: UUID | None, token: str = "") -> Actor:
    by_key = account is None
    rows = await db.hot(db.statement("actor.sql"), account, key_hash(token) if by_key else None)
    if not rows:
        raise Unauthenticated
    row = rows[0]
    granted = permissions_of(row["roles"])
    if by_key:
        granted &= set(row["scopes"])
    return Actor(
        id=row["id"],
        username=row["username"],
        name=row["name"],
        roles=tuple(row["roles"]),
        permissions=granted,
        units=frozenset(row["units"]),
        places=frozenset(row["places"]),
        areas=frozenset(row["areas"]),
    )


class _Bearer(OAuth2PasswordBearer):
    """Reads `Authorization: Bearer …` or `X-API-Key`; the password flow is in the OpenAPI."""

    async def __call__(self, request: HTTPConnection) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            return token.strip()
        if key := request.headers.get("x-api-key"):
            return key
        raise Unauthenticated


_bearer = _Bearer(tokenUrl="/api/v1/auth/token", auto_error=False)
BearerToken = Annotated[str, Depends(_bearer)]


async def current_actor(token: str = Depends(_bearer)) -> Actor:
    """Whoever is signed in, whatever they may."""
    return await actor_of(token)


async def current_person(token: str = Depends(_bearer)) -> Actor:
    """Whoever has signed in with a password; a key is no person."""
    if token.startswith(KEY_PREFIX):
        raise Forbidden(permission="sign-in")
    return await actor_of(token)


def may(permission: Permission) -> Any:
    """A dependency that lets only holders of a permission through: `Annotated[Actor, may(…)]`."""
    return Depends(_GATES[permission])


def _gate(permission: Permission) -> Callable[..., Awaitable[Actor]]:
    async def gate(token: str = Depends(_bearer)) -> Actor:
        actor = await actor_of(token)
        if not actor.may(permission):
            raise Forbidden(permission=permission)
        return actor

    gate.permission = permission  # type: ignore[attr-defined]
    return gate


_GATES = {permission: _gate(permission) for permission in Permission}
