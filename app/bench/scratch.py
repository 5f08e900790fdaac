"""A scratch database: made on a server, migrated with our own migrations, dropped at the end."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import asyncpg

from app import db, setup, terminal
from app.config import settings


@dataclass(frozen=True, slots=True)
class Server:
    """Where PostgreSQL listens, taken from an address."""

    url: str

    def database(self, name: str) -> str:
        """The address of one of its databases."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    @property
    def host(self) -> str:
        """A name, or the folder of a socket."""
        query = parse_qs(urlsplit(self.url).query)
        return query["host"][0] if "host" in query else urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        """Its port."""
        query = parse_qs(urlsplit(self.url).query)
        return int(query["port"][0]) if "port" in query else urlsplit(self.url).port or 5432

    def through(self, port: int, name: str) -> str:
        """The address of a database behind a door on this machine."""
        parts = urlsplit(self.url)
        user, at, _ = parts.netloc.rpartition("@")
        door = parts._replace(netloc=f"{user}{at}127.0.0.1:{port}", path=f"/{name}", query="")
        return urlunsplit(door)

    def for_libpq(self, name: str) -> dict[str, str]:
        """The same as libpq's environment, so that no password shows in a list of processes."""
        parts = urlsplit(self.url)
        ssl = parse_qs(parts.query).get("sslmode", ["prefer"])[0]
        found = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
            "PGDATABASE": name,
            "PGSSLMODE": ssl,
        }
        return {key: value for key, value in found.items() if value}


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Settings as this process and the ones that it starts see them, for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ |= values
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        settings.cache_clear()


@contextmanager
def bench_settings() -> Iterator[None]:
    """What the bench wants of an installation: a secret of its own, quiet logs, long tokens."""
    wanted = {
        "WANGGE_SECRET_KEY": secrets.token_hex(32),
        "WANGGE_LOG_LEVEL": "info",
        "WANGGE_LOG_FORMAT": "json",
        "WANGGE_ACCESS_TOKEN_MINUTES": "120",
    }
    with environment(**wanted):
        yield


async def _order(server: Server, *statements: str) -> None:
    connection = await asyncpg.connect(server.database("postgres"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _check(server: Server) -> None:
    """PostGIS can be created by superusers only, on most servers: say so beforehand."""
    connection = await asyncpg.connect(server.database("postgres"))
    try:
        may = await connection.fetchval(
            "SELECT rolsuper OR EXISTS (SELECT FROM pg_available_extension_versions "
            "WHERE name = 'postgis' AND trusted) FROM pg_roles WHERE rolname = current_user"
        )
    finally:
        await connection.close()
    if not may:
        terminal.fail(
            "a fresh database needs PostGIS, which only a superuser may create here: "
            "give --server-url postgresql://SUPERUSER@HOST:PORT/postgres"
        )


@asynccontextmanager
async def scratch(server: Server, name: str, *, keep: bool = False) -> AsyncIterator[str]:
    """A migrated database with the shipped classes; DATABASE_URL points at it meanwhile."""
    await _check(server)
    await _order(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        url = server.database(name)
        with environment(DATABASE_URL=url):
            await asyncio.to_thread(setup.migrate)
            db.start()
            await setup.load_defaults()
            await db.stop()
            yield url
    finally:
        if not keep:
            await asyncio.shield(_order(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
