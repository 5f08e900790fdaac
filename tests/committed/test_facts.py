"""The fact log: append-only, and read in commit order with nothing skipped."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from app import db
from app.incidents import jobs
from tests.clients import Client, problem
from tests.factories import a_cell, a_report, an_account

PATH = "/api/v1/incidents"
INSERT = (
    "INSERT INTO fact (incident_id, version, kind, status, actor_id, data) "
    "SELECT id, version + $1, 'note', status, reporter_id, '{}' FROM incident"
)


async def settled(client: Client, count: int, after: str = "") -> dict[str, Any]:
    """The page behind a cursor once it holds so many facts.

    Transactions of other tests on the same server hold the log back for a moment.
    """
    for _ in range(600):
        page: dict[str, Any] = (await client.get(f"/api/v1/facts{after}")).json()
        if len(page["items"]) >= count:
            return page
        await asyncio.sleep(0.05)
    pytest.fail(f"the log never showed {count} facts: {page}")


@pytest.fixture
async def me(pools: str, app: FastAPI) -> Client:
    """Somebody who sees everything, with one report made."""
    async with db.transaction() as session:
        await a_cell(session)
        account = await an_account(session, "steward")
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")
    client = Client(http).as_(account)
    assert (await client.post(PATH, a_report())).status_code == 201
    return client


@pytest.mark.parametrize(
    "statement",
    ["UPDATE fact SET kind = 'x'", "DELETE FROM fact", "TRUNCATE fact"],
    ids=["update", "delete", "truncate"],
)
async def test_nobody_changes_a_fact_not_even_the_owner(
    me: Client, pools: str, statement: str
) -> None:
    connection = await asyncpg.connect(pools)
    with pytest.raises(asyncpg.RestrictViolationError):
        await connection.execute(statement)
    await connection.execute("SET ROLE wangge_app")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


async def test_a_slow_transaction_holds_the_log_back_instead_of_being_skipped(
    me: Client, pools: str
) -> None:
    slow, quick = await asyncpg.connect(pools), await asyncpg.connect(pools)
    first = await settled(me, 1)
    assert [fact["kind"] for fact in first["items"]] == ["report"]

    pending = slow.transaction()
    await pending.start()
    await slow.execute(INSERT, 1)
    await quick.execute(INSERT, 2)
    held = (await me.get(f"/api/v1/facts?after={first['next']}")).json()
    assert (held["items"], held["next"]) == ([], first["next"])

    await pending.commit()
    after = await settled(me, 2, f"?after={first['next']}")
    assert [fact["version"] for fact in after["items"]] == [2, 3]
    assert not (await me.get(f"/api/v1/facts?after={after['next']}")).json()["items"]
    await slow.close()
    await quick.close()


async def test_small_pages_lose_nothing_while_many_write(me: Client) -> None:
    async def write() -> None:
        await asyncio.gather(*(me.post(PATH, a_report()) for _ in range(60)))

    seen: list[int] = []
    cursor = ""
    writing = asyncio.create_task(write())
    while not writing.done() or len(seen) < 61:
        page = (await me.get(f"/api/v1/facts?limit=7{cursor}")).json()
        seen += [fact["id"] for fact in page["items"]]
        cursor = f"&after={page['next']}"
    assert len(seen) == len(set(seen)) == 61


async def test_facts_of_cases_that_i_may_not_see_are_passed_over(me: Client, pools: str) -> None:
    async with db.transaction() as session:
        narrow = await an_account(session, "observer", place="610526001999")
    whole = await settled(me, 1)
    page = (await me.as_(narrow).get("/api/v1/facts")).json()
    assert (page["items"], page["next"]) == ([], whole["next"])


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJ4IiwxXQ", "WyItMSIsMV0"])
async def test_a_damaged_cursor_is_refused(me: Client, cursor: str) -> None:
    problem(await me.get(f"/api/v1/facts?after={cursor}"), 422, "invalid-request")


async def test_the_worker_notifies_once_for_a_batch_of_facts(me: Client, pools: str) -> None:
    heard: list[str] = []
    first = await settled(me, 1)
    listener = await asyncpg.connect(pools)
    await listener.add_listener(jobs.CHANNEL, lambda *args: heard.append(str(args[-1])))
    stop = asyncio.Event()
    tailing = asyncio.create_task(jobs.tail(stop))
    await asyncio.sleep(0.5)
    before = len(heard)
    items = [a_report() for _ in range(50)]
    await me.post(f"{PATH}/batch", {"items": items})
    await settled(me, 50, f"?after={first['next']}")
    await asyncio.sleep(0.5)
    stop.set()
    await tailing
    await listener.close()
    assert len(heard) - before == 1
