"""Nothing acknowledged is lost, nothing is doubled: with real commits and a killed server."""

import asyncio
import random
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from app import db
from tests.clients import Client
from tests.committed.conftest import Server
from tests.factories import a_cell, a_report, a_unit, an_account

PATH = "/api/v1/incidents"


async def _steward(copy: str) -> UUID:
    """A steward and a cell, committed to the copy."""
    async with db.transaction() as session:
        await a_cell(session)
        return (await an_account(session, "steward", "acceptor", "dispatcher", "supervisor")).id


async def _count(url: str, statement: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(statement))
    finally:
        await connection.close()


async def test_sixteen_parallel_retries_of_one_key_make_one_incident(
    pools: str, app: FastAPI
) -> None:
    account = await _steward(pools)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        me = Client(http).as_(account)
        for key in ("k-1", "k-2", "k-3"):
            headers = {"Idempotency-Key": key}
            answers = await asyncio.gather(
                *(me.post(PATH, a_report(), headers=headers) for _ in range(16))
            )
            assert {answer.status_code for answer in answers} == {201}
            assert len({answer.content for answer in answers}) == 1
    assert await _count(pools, "SELECT count(*) FROM incident") == 3
    assert await _count(pools, "SELECT count(*) FROM fact") == 3


async def test_overlapping_batches_in_any_order_make_each_report_once(
    pools: str, app: FastAPI
) -> None:
    account = await _steward(pools)
    items = [a_report(idempotency_key=f"k{n}", description=f"第{n}件") for n in range(40)]
    shuffled = [random.Random(seed).sample(items, 40) for seed in range(12)]
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        me = Client(http).as_(account)
        answers = await asyncio.gather(
            *(me.post(f"{PATH}/batch", {"items": batch}) for batch in shuffled)
        )
    results = [result for answer in answers for result in answer.json()["results"]]
    assert sum(result["result"] == "created" for result in results) == 40
    assert sum(result["result"] == "replayed" for result in results) == 11 * 40
    assert await _count(pools, "SELECT count(*) FROM incident") == 40


async def test_two_dispatchers_at_once_one_wins(pools: str, app: FastAPI) -> None:
    account = await _steward(pools)
    async with db.transaction() as session:
        units = [str((await a_unit(session, code)).id) for code in ("A", "B")]
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        me = Client(http).as_(account)
        incident = (await me.post(PATH, a_report())).headers["location"]
        for step in ("accept", "file"):
            await me.post(f"{incident}/{step}", {})
        version = {"If-Match": '"3"'}
        answers = await asyncio.gather(
            *(me.post(f"{incident}/dispatch", {"unit": u}, headers=version) for u in units),
            *(me.post(f"{incident}/dispatch", {"unit": u}) for u in units),
        )
        assert sorted(answer.status_code for answer in answers) in (
            [200, 409, 409, 412],
            [200, 409, 412, 412],
        )
        facts = (await me.get(f"{incident}/facts")).json()["items"]
    assert [fact["kind"] for fact in facts].count("dispatch") == 1


async def _post_all(
    address: str, account: UUID, reports: list[dict[str, Any]], told: dict[str, str]
) -> None:
    """Post reports over 16 connections until all are acknowledged or the server is gone."""
    waiting = iter(reports)
    async with httpx.AsyncClient(base_url=address, timeout=10) as http:
        me = Client(http).as_(account)

        async def sender() -> None:
            for report in waiting:
                try:
                    answer = await me.post(PATH, report)
                except httpx.TransportError:
                    return
                assert answer.status_code == 201, answer.text
                told[report["id"]] = answer.json()["number"]

        await asyncio.gather(*(sender() for _ in range(16)))


@pytest.mark.slow
async def test_a_killed_server_loses_no_acknowledged_report_and_doubles_none(
    pools: str, serve: Server
) -> None:
    account = await _steward(pools)
    reports = [a_report(id=str(UUID(int=n + 1)), description=f"第{n}件") for n in range(2000)]
    told: dict[str, str] = {}
    process, address = serve()
    posting = asyncio.create_task(_post_all(address, account, reports, told))
    while len(told) < 700:
        await asyncio.sleep(0.01)
    process.kill()
    await posting
    assert 700 <= len(told) < 2000
    before = dict(told)

    _, address = serve()
    await _post_all(address, account, reports, told)
    assert len(told) == 2000
    assert {key: told[key] for key in before} == before
    connection = await asyncpg.connect(pools)
    stored = dict(await connection.fetch("SELECT id::text, number FROM incident"))
    await connection.close()
    assert stored == told
    assert await _count(pools, "SELECT count(*) FROM fact") == 2000
