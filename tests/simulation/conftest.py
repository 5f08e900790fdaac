"""A small city with real commits, a day that was played in it once, and copies to spoil."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from app import db
from app.config import settings
from app.simulation.simulate import Result, simulate
from tests.conftest import SERVER, sql
from tests.factories import a_cell, a_post, a_unit, an_area

A_MONDAY = date(2026, 11, 16)


@dataclass(frozen=True)
class Played:
    """A database in which a day was played, and how that went."""

    name: str
    result: Result


async def a_city() -> None:
    async with db.transaction() as session:
        await an_area(session)
        for column in range(4):
            await a_cell(session, f"61052600100100{column + 1}", column)
        for code, matter in (("HW", "E"), ("SZ", "C")):
            await a_post(session, await a_unit(session, code), category=matter)


async def play(day: date, cases: int = 62) -> Result:
    return await simulate(day, cases, 1, lambda _: None)


async def _played() -> Result:
    db.start()
    try:
        await a_city()
        return await play(A_MONDAY)
    finally:
        await db.stop()


def address(name: str) -> str:
    return SERVER.rsplit("/", 1)[0] + "/" + name


@pytest.fixture(scope="session")
def played(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    name = f"wangge_played_{uuid4().hex[:12]}"
    asyncio.run(sql(SERVER, f"CREATE DATABASE {name} TEMPLATE {database.rsplit('/', 1)[1]}"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", address(name))
        patch.setenv("WANGGE_MEDIA_URL", tmp_path_factory.mktemp("media").as_uri())
        settings.cache_clear()
        result = asyncio.run(_played())
    settings.cache_clear()
    yield Played(name, result)
    asyncio.run(sql(SERVER, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def spoilt(
    played: Played, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[str]:
    """The address of a copy of the played city, with the application's pools on it."""
    name = f"wangge_spoilt_{uuid4().hex[:12]}"
    await sql(SERVER, f"CREATE DATABASE {name} TEMPLATE {played.name}")
    monkeypatch.setenv("DATABASE_URL", address(name))
    monkeypatch.setenv("WANGGE_MEDIA_URL", tmp_path.as_uri())
    settings.cache_clear()
    db.start()
    yield address(name)
    await db.stop()
    monkeypatch.undo()
    settings.cache_clear()
    await sql(SERVER, f"DROP DATABASE {name} WITH (FORCE)")
