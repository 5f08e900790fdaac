"""Who hears of what: the fact log read once, by one reader at a time, past bad facts too."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from app import db
from app.incidents import announce, reader
from app.incidents.models import Fact, Incident
from app.people.models import Account
from tests.centre import TO_DISPATCHED, TO_HANDLED, TO_HANDLING, Centre, a_centre
from tests.clients import Client
from tests.factories import a_unit

_TOLD = """
SELECT n.kind, a.username, n.urgent, n.title, n.incident_id::text AS incident
FROM notice n JOIN account a ON a.id = n.account_id ORDER BY n.at, n.kind, a.username
"""


@pytest.fixture
async def centre(pools: str, app: FastAPI) -> AsyncIterator[Centre]:
    """A committed centre whose reader stands at the end of the log."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        async with db.transaction() as session:
            made = await a_centre(Client(http), session)
        await reader.begin(announce.READER)
        yield made


async def read_all() -> int:
    """Read to the end of the log; transactions elsewhere on the server may hold it back."""
    told = 0
    for _ in range(400):
        told += await announce.read_on()
        if not await reader.behind(announce.READER):
            return told
        await asyncio.sleep(0.05)
    pytest.fail("the reader never came to the end of the log")


async def told(kind: str) -> set[str]:
    """The people who have heard of a kind of fact."""
    return {row["username"] for row in await db.hot(_TOLD) if row["kind"] == kind}


async def write_fact(incident: str, kind: str, data: Any) -> None:
    async with db.transaction() as session:
        case = await session.get_one(Incident, UUID(incident), with_for_update=True)
        case.version += 1
        session.add(
            Fact(
                incident_id=case.id,
                version=case.version,
                kind=kind,
                status=case.status,
                actor_id=case.reporter_id,
                data=data,
                changes={},
            )
        )


UNIT = {"handler", "handler2", "unit_head"}


async def test_a_dispatch_is_told_to_those_of_the_unit_who_may_take_it(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    await read_all()
    assert await told("dispatch") == UNIT


async def test_once_taken_only_the_handler_is_urged_and_an_order_reaches_the_head_too(
    centre: Centre,
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_HANDLING, ("supervisor", "urge"), ("supervisor", "supervise"))
    await read_all()
    assert (await told("urge"), await told("supervise")) == ({"handler"}, {"handler", "unit_head"})
    urgent = {row["kind"] for row in await db.hot(_TOLD) if row["urgent"]}
    assert urgent == {"urge", "supervise"}


async def test_a_unit_without_people_is_spoken_for_by_the_units_above_it(centre: Centre) -> None:
    async with db.transaction() as session:
        empty = await a_unit(session, "EMPTY", parent=centre.unit)
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED[:-1])
    await centre.move("dispatcher", incident, "dispatch", body={"unit": str(empty.id)})
    await read_all()
    assert await told("dispatch") == UNIT


async def test_each_level_of_a_request_hears_of_it_and_then_who_asked(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_HANDLING, ("handler", "request_extension"))
    await read_all()
    assert await told("request_extension") == {"dispatcher", "dispatcher2"}
    await centre.walk(incident, ("dispatcher", "approve"))
    await read_all()
    assert await told("approve") == {"supervisor", "supervisor2"}
    await centre.walk(incident, ("supervisor", "extend"))
    await read_all()
    assert await told("extend") == {"handler"}


async def test_a_task_in_the_field_is_told_to_whom_it_was_sent(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_HANDLED)
    body = {"assignee": str(centre.id("checker"))}
    sent = await centre.move("acceptor", incident, "send_to_check", body=body)
    assert sent.status_code == 200, sent.text
    await read_all()
    assert await told("send_to_check") == {"checker"}


async def test_nobodys_task_is_told_to_the_stewards_of_the_place(centre: Centre) -> None:
    incident = await centre.report()
    await write_fact(incident, "send_to_check", {"assignee": None})
    await read_all()
    assert await told("send_to_check") == {"checker"}


async def test_all_whose_reports_were_merged_hear_of_the_end(centre: Centre) -> None:
    main, second, third = [
        await centre.report(who) for who in ("steward", "checker", "integration")
    ]
    for incident, into in ((third, second), (second, main)):
        merged = await centre.move("acceptor", incident, "merge", body={"into": into})
        assert merged.status_code == 200, merged.text
    await centre.walk(main, ("acceptor", "reject"))
    await read_all()
    assert await told("reject") == {"steward", "checker", "integration"}


async def test_nobody_hears_of_what_they_did_themselves(centre: Centre) -> None:
    async with db.transaction() as session:
        chosen = update(Account).where(Account.username == "dispatcher")
        await session.execute(
            chosen.values(roles=["dispatcher", "handler"], unit_id=centre.unit.id)
        )
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    await read_all()
    assert await told("dispatch") == UNIT


async def test_a_first_start_begins_where_the_log_ends(pools: str, app: FastAPI) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        async with db.transaction() as session:
            centre = await a_centre(Client(http), session)
        incident = await centre.report()
        await centre.walk(incident, *TO_DISPATCHED)
        await _settled()
        await reader.begin(announce.READER)
        await reader.begin(announce.READER)
        await centre.walk(incident, ("handler", "take"), ("supervisor", "urge"))
        await read_all()
    assert {row["kind"] for row in await db.hot(_TOLD)} == {"urge"}


async def _settled() -> None:
    """Until no transaction anywhere holds the log back."""
    sql = "SELECT count(*) FROM fact WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())"
    for _ in range(400):
        if (await db.hot(sql))[0]["count"] == 0:
            return
        await asyncio.sleep(0.05)


async def test_many_readers_tell_each_fact_once(centre: Centre) -> None:
    incidents = [await centre.report() for _ in range(4)]
    for incident in incidents:
        await centre.walk(incident, *TO_DISPATCHED)
    read = sum(await asyncio.gather(*(read_all() for _ in range(6))))
    rows = await db.hot(_TOLD)
    assert read == 4 * 4
    assert sorted((row["incident"], row["username"]) for row in rows) == sorted(
        (incident, name) for incident in incidents for name in UNIT
    )


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("assign", {"handler": "nobody"}),
        ("overdue", {"stage": "handle", "due_at": "yesterday"}),
        ("request_void", {"level": "high"}),
        ("dispatch", None),
        ("dispatch", [1]),
        ("unheard_of", {}),
    ],
)
async def test_a_fact_that_cannot_be_told_holds_no_other_one_up(
    centre: Centre, kind: str, data: Any
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED, ("dispatcher", "request_void"))
    await write_fact(incident, kind, data)
    await centre.walk(incident, ("supervisor", "urge"))
    await read_all()
    assert await told("dispatch") == UNIT
    assert await told("urge") == UNIT


async def test_a_reader_that_stops_half_way_tells_nothing_twice(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    monkeypatch.setattr(reader, "_MOVE", "SELECT 1 / 0, $1::text, $2::text, $3::bigint")
    await _settled()
    with pytest.raises(Exception, match="division by zero"):
        await announce.read_on()
    assert await db.hot(_TOLD) == []
    monkeypatch.undo()
    await read_all()
    assert await told("dispatch") == UNIT
