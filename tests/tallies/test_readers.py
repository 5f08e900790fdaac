"""Each fact once, in whatever order and batches it is read, by whoever reads, however often."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app import db
from app.incidents import moves_in as m
from app.incidents import reader, service
from app.tallies import check, keeping
from tests.centre import TO_CLOSED, TO_DISPATCHED, Centre
from tests.life.acting import FRIDAY, actor, reported
from tests.tallies.conftest import COMMUNITY, NEXT_DOOR
from tests.tallies.counting import EVER, count_all, numbers, tables, wrong


async def some_life(centre: Centre) -> None:
    """Five cases: closed, on their way, moved elsewhere, refused."""
    cases = [await centre.report() for _ in range(5)]
    await centre.walk(cases[0], *TO_CLOSED)
    await centre.walk(cases[1], *TO_DISPATCHED, ("handler", "return"))
    await centre.walk(cases[2], *TO_DISPATCHED)
    await centre.move("acceptor", cases[2], "place", body={"cell": NEXT_DOOR + "001"})
    await centre.walk(cases[3], ("acceptor", "reject"))


async def test_a_simulated_day_counts_as_its_cases_do_in_any_batches(
    spoilt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = (await db.hot("SELECT count(*) FROM fact"))[0]["count"]
    monkeypatch.setattr(keeping, "AT_ONCE", 97)
    assert await count_all() == facts
    assert await wrong() == []
    found = await numbers()
    assert found["reported"] == 62
    assert found.keys() >= {"closed_late", "overdue", "returned", "reworked", "merged", "voided"}
    bit_by_bit = await tables()
    monkeypatch.setattr(keeping, "AT_ONCE", 100_000)
    await keeping.start_over()
    assert await tables() == []
    await count_all()
    assert await tables() == bit_by_bit


async def test_a_number_that_somebody_has_touched_is_found(centre: Centre) -> None:
    await reported(centre, FRIDAY)
    await count_all()
    await db.hot("UPDATE tally SET filed = filed + 1 WHERE (area_code, dimension) = ('', 'all')")
    found = await wrong()
    assert {(row[0], *row[2:4], row[5]) for row in found} == {
        (span, "", "all", "filed") for span in ("day", "week", "month")
    }
    assert all(kept == counted + 1 for *_, kept, counted in found)


async def test_many_workers_count_each_fact_once(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_life(centre)
    monkeypatch.setattr(keeping, "AT_ONCE", 3)
    counted = await asyncio.gather(*(count_all() for _ in range(5)))
    assert sum(counted) == (await db.hot("SELECT count(*) FROM fact"))[0]["count"]
    assert (await numbers())["reported"] == 5
    assert await wrong() == []


async def test_a_worker_counts_until_it_is_told_to_stop(centre: Centre) -> None:
    stop = asyncio.Event()
    working = asyncio.create_task(keeping.keep(stop))
    await some_life(centre)
    for _ in range(200):
        if (await numbers()).get("closed"):
            break
        await asyncio.sleep(0.05)
    stop.set()
    await working
    await count_all()
    assert await wrong() == []


async def test_a_reader_that_is_stopped_half_way_loses_and_doubles_nothing(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_life(centre)
    with monkeypatch.context() as patch:
        patch.setattr(reader, "_MOVE", "SELECT 1 / 0, $1::text, $2::text, $3::bigint")
        with pytest.raises(Exception, match="division by zero"):
            await count_all()
    assert await tables() == []
    await count_all()
    assert (await numbers())["reported"] == 5
    assert await wrong() == []


async def test_a_step_that_is_read_before_the_one_it_follows_counts_as_if_it_came_after(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    incident = await centre.report()
    await count_all()
    by = await actor(centre, "supervisor")
    async with db.transaction() as slow:
        await slow.execute(text("SELECT pg_current_xact_id()"))
        for who, move, body in (
            ("acceptor", "place", {"cell": NEXT_DOOR + "001"}),
            ("acceptor", "accept", {"category": "C0103"}),
        ):
            answer = await centre.move(who, incident, move, body=body)
            assert answer.status_code == 200, answer.text
        filing = m.Filing(condition="C0103-1")
        await service.act(slow, by, UUID(incident), "file", filing)
    order = await db.hot("SELECT kind FROM fact ORDER BY xid, id")
    assert [row["kind"] for row in order] == ["report", "file", "place", "accept"]
    assert await count_all() == 3
    assert await numbers(COMMUNITY) == {}
    assert await numbers(NEXT_DOOR) == {"reported": 1, "accepted": 1, "filed": 1}
    assert await wrong() == []


async def test_a_day_begins_at_midnight_of_the_city(centre: Centre) -> None:
    midnight = datetime(2026, 11, 19, 16, tzinfo=UTC)
    for moment in (midnight - timedelta(milliseconds=1), midnight, midnight + timedelta(hours=1)):
        await reported(centre, moment)
    await count_all()
    days = "SELECT day::text, reported FROM tally WHERE (area_code, span, value) = ('', $1, '')"
    for span, found in (
        ("day", {("2026-11-19", 1), ("2026-11-20", 2)}),
        ("week", {("2026-11-16", 3)}),
        ("month", {("2026-11-01", 3)}),
    ):
        assert {tuple(row) for row in await db.hot(days, span)} == found
    hours = "SELECT day::text, hour, reported FROM tally_hour WHERE area_code = '' ORDER BY 1, 2"
    assert [tuple(row) for row in await db.hot(hours)] == [
        ("2026-11-19", 23, 1),
        ("2026-11-20", 0, 1),
        ("2026-11-20", 1, 1),
    ]
    assert await wrong() == []


async def test_a_check_waits_until_all_has_been_read_and_gives_up_in_the_end(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "TRIES", 2)
    await centre.report()
    async with db.transaction() as slow:
        await slow.execute(text("SELECT pg_current_xact_id()"))
        await centre.report()
        assert await check.differences(*EVER) is None
    monkeypatch.undo()
    assert await wrong() == []
