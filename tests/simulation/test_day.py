"""A whole day of cases by virtual time: every move, and a fact for each."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from app import db
from app.config import settings
from app.incidents import announce, reader, watch
from app.incidents.states import Status
from app.incidents.workflow import MOVES
from app.simulation.errors import DayNotOver, InProduction, NoCity
from app.simulation.simulate import day_of
from app.simulation.stories import STORIES
from tests.committed.conftest import copy, pools
from tests.conftest import SERVER, sql
from tests.simulation.conftest import Played, play

__all__ = ["copy", "pools"]
A_TUESDAY = date(2026, 11, 17)


async def test_a_day_makes_every_move_and_its_facts_tell_every_case(played: Played) -> None:
    result = played.result
    assert not result.outcome.surprises
    assert not result.missing
    assert result.verdict.differences == []
    assert result.good
    assert result.counts["kind"].keys() >= {*MOVES, "warn", "overdue", "escalate", "absorb"}


async def test_a_day_leaves_what_its_stories_say(played: Played) -> None:
    counts = played.result.counts
    assert sum(counts["status"].values()) == len(played.result.outcome.cases) == 62
    assert counts["status"].keys() == {
        Status.CLOSED, Status.REJECTED, Status.VOIDED, Status.MERGED,
    }  # fmt: skip
    assert counts["flag"]["same_photo"] >= 1
    refused = {"too-late", "returned-to-you", "no-after-photo", "self-handled", "no-unit"}
    assert refused <= played.result.outcome.refusals.keys()
    assert played.result.outcome.watched.keys() == {"turned", "climbed", "raised", "resumed"}
    assert {"dispatch", "close", "overdue", "escalate", "exempt"} <= counts["notice"].keys()
    clocks, in_time = played.result.stages["handle"]
    assert 0 < in_time < clocks


async def test_facts_of_a_day_lie_in_the_day(spoilt: str, played: Played) -> None:
    outcome = played.result.outcome
    (row,) = await db.hot("SELECT min(at), max(at), count(*) FROM fact")
    assert outcome.begins <= row["min"] < row["max"] < outcome.ends
    assert row["count"] == played.result.verdict.facts


async def test_another_day_goes_as_well_and_needs_nobody_new(spoilt: str) -> None:
    people = "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM post)"
    before = await db.hot(people)
    result = await play(A_TUESDAY, cases=len(STORIES))
    assert result.good, result.outcome.surprises
    assert await db.hot(people) == before
    assert result.verdict.cases == len(STORIES)


async def test_a_transaction_elsewhere_that_holds_the_log_back_leaves_nobody_untold(
    spoilt: str,
) -> None:
    told = "SELECT count(*) FROM notice"
    before = await db.hot(told)
    elsewhere = asyncio.create_task(sql(SERVER, "SELECT pg_current_xact_id(), pg_sleep(4)"))
    result = await play(A_TUESDAY, cases=5)
    assert not await reader.behind(announce.READER)
    assert await db.hot(told) > before
    assert result.outcome.announced == result.verdict.facts
    await elsewhere


async def test_nobody_of_a_day_can_sign_in(spoilt: str) -> None:
    rows = await db.hot("SELECT username, password_hash FROM account WHERE username <> 'system'")
    assert len(rows) == 14 + 2 * 3
    assert all(row["username"].startswith("sim-") for row in rows)
    assert {row["password_hash"] for row in rows} == {None}


async def test_workers_leave_the_clocks_alone_while_a_day_is_played(spoilt: str) -> None:
    free = "SELECT pg_try_advisory_xact_lock_shared($1) AS free"
    async with watch.holding():
        assert [row["free"] for row in await db.hot(free, watch.HELD)] == [False]
    assert [row["free"] for row in await db.hot(free, watch.HELD)] == [True]


async def test_production_is_no_place_to_simulate(
    spoilt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_ENV", "production")
    settings.cache_clear()
    with pytest.raises(InProduction):
        await play(A_TUESDAY)


async def test_a_day_needs_a_city(pools: str) -> None:
    with pytest.raises(NoCity):
        await play(A_TUESDAY)


def test_a_day_that_is_not_over_is_refused() -> None:
    today = datetime.now(settings().zone).replace(tzinfo=None)
    with pytest.raises(DayNotOver):
        day_of(today)
    assert day_of(None) == today.date() - timedelta(days=1)
    assert day_of(datetime(2026, 1, 2, tzinfo=UTC)) == date(2026, 1, 2)
