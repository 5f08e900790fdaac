"""A migrated database per worker, a rolled-back transaction per test, clients that speak HTTP."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

SERVER = os.environ.get("WANGGE_TEST_DATABASE_URL", "")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATABASE = f"wangge_test_{WORKER}_{os.getpid()}"
URL = SERVER.rsplit("/", 1)[0] + "/" + DATABASE
os.environ |= {
    "DATABASE_URL": URL,
    "WANGGE_ENV": "test",
    "WANGGE_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "WANGGE_ACTOR_CACHE_SECONDS": "0",
    "WANGGE_REFERENCE_CACHE_SECONDS": "60",
    "WANGGE_COUNTER_CACHE_SECONDS": "0",
    "WANGGE_LOG_LEVEL": "error",
    "WANGGE_POOL_SIZE": "20",
}

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app import db, remembered, setup
from app.config import settings
from app.main import create_app
from tests.clients import Client


async def sql(url: str, *statements: str) -> None:
    """Run statements as the server's owner, each on its own."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _fresh_database() -> None:
    await sql(
        SERVER,
        f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)",
        f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'",
    )


async def _defaults() -> None:
    db.start()
    await setup.load_defaults()
    await db.stop()


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The address of this worker's own database: migrated once, with the catalogue loaded."""
    if not SERVER:
        pytest.exit("WANGGE_TEST_DATABASE_URL is not set: run scripts/test", 2)
    asyncio.run(_fresh_database())
    setup.migrate()
    asyncio.run(_defaults())
    yield URL
    asyncio.run(sql(SERVER, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The application, as main.py composes it."""
    return create_app()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No test sees another one's rules, calendar or catalogue."""
    remembered.forget_all()
    yield
    remembered.forget_all()


@pytest.fixture
async def connection(database: str) -> AsyncIterator[AsyncConnection]:
    """One connection whose transaction is rolled back: the application's code runs inside it."""
    engine = db.make_engine(database, plans="custom", role=settings().database_role, size=1)
    async with engine.connect() as connection:
        outer = await connection.begin()
        db.pin(connection)
        try:
            yield connection
        finally:
            db.pin(None)
            await outer.rollback()
    await engine.dispose()


@pytest.fixture
async def session(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """A session for arranging and looking, inside the test's transaction."""
    async with db.sessions() as session:
        yield session


@pytest.fixture
async def client(app: FastAPI, connection: AsyncConnection) -> AsyncIterator[Client]:
    """Nobody yet: `client.as_(account)` speaks for somebody."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Client(http)


@pytest.fixture
def statements(connection: AsyncConnection) -> Iterator[list[str]]:
    """The statements that reach the database while a test runs, savepoints left out."""
    seen: list[str] = []
    raw = connection.sync_connection
    assert raw is not None
    driver = raw.connection.driver_connection
    assert driver is not None

    def note(query: "asyncpg.connection.LoggedQuery") -> None:
        if not query.query.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
            seen.append(query.query)

    driver.add_query_logger(note)
    yield seen
    driver.remove_query_logger(note)
