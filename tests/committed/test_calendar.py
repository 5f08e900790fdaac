"""The calendar under real concurrency, and on a terminal."""

import asyncio
from datetime import date

import pytest
from typer.testing import CliRunner, Result

from app import auth, db
from app.calendars import queries, service
from app.calendars.schemas import DayIn
from app.cli import cli
from app.config import settings
from app.people import service as people
from app.people.schemas import NewAccount
from app.permissions import Role
from app.problems import StaleVersion

REST = DayIn(works=False, name="停电")
WORK = DayIn(works=True, name="创文突击", windows=["09:00-12:00"])


async def an_editor() -> auth.Actor:
    async with db.transaction() as session:
        data = NewAccount(username="boss", name="王丽", roles=[Role.ADMINISTRATOR], password=None)
        account = await people.create_account(session, data)
    token, _ = auth.issue_access_token(account.id)
    return await auth.actor_of(token)


async def set_day(actor: auth.Actor, day: date, expected: int | None = None) -> int:
    async with db.transaction() as session:
        version, _ = await service.set_days(session, actor, {day: REST}, expected=expected)
    return version


async def test_changes_at_once_become_one_version_each_and_none_is_lost(pools: str) -> None:
    actor = await an_editor()
    days = [date(2026, 3, number) for number in range(2, 10)]
    versions = await asyncio.gather(*(set_day(actor, day) for day in days))
    assert sorted(versions) == list(range(1, 9))
    calendar = await queries.current()
    assert (calendar.version, sorted(calendar.days)) == (8, days)


async def test_of_two_editors_of_one_version_the_second_is_told(pools: str) -> None:
    actor = await an_editor()
    tries = (set_day(actor, date(2026, 3, number), expected=0) for number in (2, 3))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == [StaleVersion.__name__, "int"]


def show(*words: str) -> Result:
    return CliRunner().invoke(cli, ["calendar", "show", *words], env={"COLUMNS": "100"})


@pytest.fixture
def on_copy(copy: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", copy)
    settings.cache_clear()
    return copy


def test_a_terminal_shows_a_year_and_the_citys_days(on_copy: str) -> None:
    async def change() -> None:
        db.start()
        actor = await an_editor()
        async with db.transaction() as session:
            days = {date(2026, 3, 3): REST, date(2026, 3, 7): WORK}
            await service.set_days(session, actor, days)
        await db.stop()

    asyncio.run(change())
    shown = show("--year", "2026")
    assert shown.exit_code == 0, shown.output
    assert all(f"2026-{month:02}" in shown.output for month in range(1, 13))
    for words in (
        "calendar version 1",
        "Mo Tu We Th Fr: 08:00-12:00 14:00-18:00",
        "03-03 Tue  停电: rest",
        "03-07 Sat  创文突击: work 09:00-12:00",
        "10-01 Thu to 10-07 Wed  国庆节: rest",
        "10-10 Sat  国庆节: work 08:00-12:00 14:00-18:00",
    ):
        assert words in shown.output
    assert "estimate" not in shown.output
    assert "not known: an estimate" in show("--year", "2029").output
