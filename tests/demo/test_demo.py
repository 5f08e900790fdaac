"""The demonstration: a centre in the middle of its work, made by the real rules."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import db
from app.config import settings
from app.demo import cases, city, people
from app.demo.city import NotADemo
from app.demo.scenario import SEEN, WAITING
from app.incidents import audit
from app.incidents.states import OPEN
from app.incidents.workflow import MOVES
from app.simulation.stories import STORIES
from tests.committed.conftest import copy

__all__ = ["copy"]


@pytest.fixture
async def demo(copy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The sample city with its people, on a copy of the database."""
    monkeypatch.setenv("DATABASE_URL", copy)
    monkeypatch.setenv("WANGGE_ENV", "demo")
    monkeypatch.setenv("WANGGE_MEDIA_URL", tmp_path.as_uri())
    settings.cache_clear()
    db.start()
    await city.load()
    yield copy
    await db.stop()
    monkeypatch.undo()
    settings.cache_clear()


async def test_cases_wait_in_every_open_state_and_their_facts_tell_how(demo: str) -> None:
    assert not await cases.any_yet()
    outcome = await cases.make(len(WAITING), 3, 2, lambda _: None)
    assert outcome.surprises == []
    assert await cases.any_yet()
    found = await db.hot("SELECT status, max(updated_at) AS last FROM incident GROUP BY 1")
    assert {row["status"] for row in found} >= OPEN
    assert all(row["last"] < datetime.now(UTC) for row in found)
    (row,) = await db.hot(
        """
        SELECT array_agg(DISTINCT pending) FILTER (WHERE pending IS NOT NULL) AS pending,
          count(*) FILTER (WHERE cell_id IS NULL) AS outside,
          count(*) FILTER (WHERE order_count > 0) AS ordered,
          count(*) FILTER (WHERE claimed_by IS NOT NULL) AS claimed
        FROM incident
        """
    )
    assert set(row["pending"]) == {"extension", "suspension", "void", "appeal"}
    assert min(row["outside"], row["ordered"], row["claimed"]) > 0
    assert (await audit.audit()).clean


async def test_loading_it_again_changes_nothing(demo: str) -> None:
    counted = "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM post)"
    before = await db.hot(counted)
    await city.load()
    assert await db.hot(counted) == before


async def test_only_a_demonstration_gets_cases_that_never_were(
    demo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_ENV", "test")
    settings.cache_clear()
    with pytest.raises(NotADemo):
        await cases.make(1, 0, 2, lambda _: None)


async def test_everybody_of_it_can_sign_in(demo: str) -> None:
    rows = await db.hot("SELECT username, password_hash FROM account WHERE username <> 'system'")
    assert {person.username for person in people.FIRSTS} < {row["username"] for row in rows}
    assert all(row["password_hash"] for row in rows)


async def test_what_the_scenario_names_is_there(demo: str) -> None:
    rows = await db.hot("SELECT code FROM condition")
    assert SEEN.keys() <= {row["code"] for row in rows}
    assert {one.story for one in WAITING} <= STORIES.keys()
    assert {one.after for one in WAITING} <= {None, *MOVES}
