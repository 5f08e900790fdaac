"""Engine, Model, Session, transaction() and hot statements: the only committer."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from asyncpg import Connection, Record
from fastapi import Depends
from sqlalchemy import DateTime, Executable, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from uuid_utils.compat import uuid7

from app.config import settings

__all__ = ["Model", "Session", "hot", "new_id", "start", "stop", "transaction"]

Plans = Literal["generic", "custom"]
_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of all tables: constraint names are fixed, because problems.py reads them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        list[str]: ARRAY(Text()),
    }


def one_of(column: str, values: Iterable[str]) -> str:
    """A check that a column holds one of some words."""
    return f"{column} IN ({','.join(repr(str(value)) for value in values)})"


def new_id() -> UUID:
    """A UUIDv7: sorts by time, so that new rows land at the end of an index."""
    return uuid7()


def driver_url(url: str) -> str:
    """Name the asyncpg driver in a plain postgresql:// address."""
    return re.sub(r"^postgres(ql)?://", "postgresql+asyncpg://", url)


def make_engine(url: str, *, plans: Plans, role: str | None, size: int) -> AsyncEngine:
    """An engine whose connections have JIT off and act as the application's role.

    Generic plans are for look-ups and inserts, whose main cost would be planning; custom ones
    for what depends on the values: boxes, text, reports over a period.
    """
    server = {
        "jit": "off",
        "application_name": "wangge",
        "timezone": "UTC",
        **({"role": role} if role else {}),
        "plan_cache_mode": f"force_{plans}_plan",
    }
    return create_async_engine(
        driver_url(url),
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=False,
        pool_recycle=1800,
        connect_args={"server_settings": server, "statement_cache_size": 500},
    )


sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(expire_on_commit=False)
_engines: dict[str, AsyncEngine] = {}
_pinned: tuple[AsyncConnection, asyncio.Lock] | None = None


def start() -> None:
    """Open the pools: one for sessions, one (autocommit, generic plans) for hot statements."""
    config = settings()
    role = config.database_role
    main = make_engine(config.database_url, plans="custom", role=role, size=config.pool_size)
    quick = make_engine(config.database_url, plans="generic", role=role, size=config.pool_size)
    _engines["main"] = main
    _engines["hot"] = quick.execution_options(isolation_level="AUTOCOMMIT")
    _engines["planned"] = main.execution_options(isolation_level="AUTOCOMMIT")
    sessions.configure(bind=main)


async def stop() -> None:
    """Close the pools."""
    for engine in _engines.values():
        await engine.dispose()
    _engines.clear()


def pin(connection: AsyncConnection | None) -> None:
    """Run sessions and hot statements inside one outer transaction (tests)."""
    global _pinned
    _pinned = (connection, asyncio.Lock()) if connection is not None else None
    mode = "create_savepoint" if connection is not None else "conditional_savepoint"
    sessions.configure(bind=connection or _engines.get("main"), join_transaction_mode=mode)


async def _session() -> AsyncIterator[AsyncSession]:
    async with sessions.begin() as session:
        yield session


Session = Annotated[AsyncSession, Depends(_session, scope="function")]


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """The edge of jobs and scripts: commits at the end, rolls back on any exception."""
    async with sessions.begin() as session:
        yield session


async def driver(connection: AsyncConnection) -> "Connection[Record]":
    """The asyncpg connection below a SQLAlchemy one."""
    raw = await connection.get_raw_connection()
    found: Connection[Record] = raw.driver_connection  # type: ignore[assignment]
    return found


async def hot(sql: str, *args: Any, planned: bool = False) -> list[Record]:
    """Run one prepared statement as one transaction; it has committed when this returns.

    `planned=True` lets PostgreSQL plan for the actual values (boxes, text search).
    """
    if _pinned is not None:
        connection, lock = _pinned
        async with lock, connection.begin_nested():
            return await (await driver(connection)).fetch(sql, *args)
    async with _engines["planned" if planned else "hot"].connect() as connection:
        raw = await driver(connection)
        try:
            return await raw.fetch(sql, *args)
        finally:
            if raw.is_closed():  # SQLAlchemy does not see it, and would hand it out again
                await connection.invalidate()


async def within(session: AsyncSession, sql: str, *args: Any) -> list[Record]:
    """Run a hot statement on the session's connection, as a part of its transaction."""
    return await (await begun(session)).fetch(sql, *args)


async def begun(session: AsyncSession) -> "Connection[Record]":
    """The driver's connection below a session, inside its transaction.

    SQLAlchemy sends BEGIN with the first statement of its own; without one the driver's first
    statement would be a transaction by itself.
    """
    raw = await driver(await session.connection())
    if not raw.is_in_transaction():
        await session.execute(text("SELECT 1"))
    return raw


@dataclass(frozen=True, slots=True)
class Compiled:
    """A Core statement as the driver takes it: its text and the names of $1, $2 …

    `literals` are the values that were written into the statement itself.
    """

    sql: str
    names: tuple[str, ...]
    literals: Mapping[str, Any]

    async def fetch(self, values: Mapping[str, Any], *, planned: bool = False) -> list[Record]:
        """Run it as a hot statement with values by name."""
        bound = {**self.literals, **values}
        return await hot(self.sql, *(bound[name] for name in self.names), planned=planned)


def compiled(statement: Executable) -> Compiled:
    """Compile once what is run often; keep the result (`lru_cache` on the shape)."""
    found = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
    literals = {name: value for name, value in found.params.items() if value is not None}
    return Compiled(str(found), tuple(found.positiontup or ()), literals)


@lru_cache
def statement(name: str) -> str:
    """The text of a named `.sql` file below app/, e.g. `incidents/intake.sql`."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
