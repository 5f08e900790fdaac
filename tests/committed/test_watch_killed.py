"""A worker that is killed at any time: after it is back, everything was told exactly once."""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from app import auth, db, health
from app.config import ROOT
from app.incidents import announce, intake, reader, service, watch
from app.incidents.moves_in import Note
from app.incidents.schemas import IncidentReport
from tests.centre import Centre, a_centre
from tests.clients import Client
from tests.factories import a_report

Worker = Callable[[], "subprocess.Popen[bytes]"]
CASES = 300
SUPERVISORS = 2
QUICK = {
    "stage_limits": {"accept": {"amount": "0.001", "unit": "urgent_hour"}},
    "ladder": [{"after_hours": 0, "to": "supervisor"}],
}
LIGHTS = """
SELECT
  c.incident_id, c.run, c.yellow_at, c.due_at,
  array_agg(f.kind || '@' || (f.at = c.yellow_at) || (f.at = c.due_at) ORDER BY f.version) AS lights
FROM stage_clock c
LEFT JOIN fact f ON f.incident_id = c.incident_id AND f.kind IN ('warn', 'overdue')
  AND (f.data ->> 'run')::int = c.run
GROUP BY 1, 2
"""
GAPS = """
SELECT i.id FROM incident i JOIN fact f ON f.incident_id = i.id
GROUP BY i.id HAVING max(f.version) <> count(*) OR i.version <> count(*)
"""
DOUBLED = "SELECT account_id, key FROM notice GROUP BY 1, 2 HAVING count(*) > 1"
BACKWARDS = """
SELECT 1 FROM fact f JOIN fact n ON n.incident_id = f.incident_id AND n.version = f.version + 1
WHERE n.at < f.at
"""
OPEN_ENDS = """
SELECT
  (SELECT count(*) FROM stage_clock WHERE watch_at IS NOT NULL)
  + (
    SELECT count(*) FROM fact f, fact_reader r
    WHERE r.name = 'announce' AND (f.xid, f.id) > (r.xid, r.id)
  )
"""


@pytest.fixture
async def centre(pools: str, app: FastAPI) -> AsyncIterator[Centre]:
    """A committed centre in which an accept clock lasts 3.6 seconds."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        async with db.transaction() as session:
            made = await a_centre(Client(http), session)
        answer = await made.people["administrator"].put("/api/v1/rules", QUICK)
        assert answer.status_code == 200, answer.text
        await reader.begin(announce.READER)
        yield made


@pytest.fixture
def work(copy: str, tmp_path: Path) -> Iterator[Worker]:
    """Starts `wangge worker` on the copy; every process is ended at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "worker"],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": copy},
                stdout=log,
                stderr=log,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


async def actor(centre: Centre, name: str) -> auth.Actor:
    token, _ = auth.issue_access_token(centre.id(name))
    return await auth.actor_of(token)


async def report(centre: Centre, over: float) -> list[UUID]:
    """Cases whose reports came in evenly over so many seconds from now on."""
    me, ids = await actor(centre, "steward"), []
    for n in range(0, CASES, 10):
        at = datetime.now(UTC) + timedelta(seconds=over * n / CASES)
        made = [(IncidentReport(**a_report(description=f"第{n + k}件")), None) for k in range(10)]
        answers = await intake.report_many(me, made, at=at)
        ids += [answer.incident_id for answer in answers if answer.incident_id]
    assert len(ids) == CASES
    return ids


async def count(url: str, statement: str) -> int:
    """Over a connection of its own, so that a killed worker's cannot be in the way."""
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(statement))
    finally:
        await connection.close()


async def finished(url: str, within: float = 60) -> None:
    """Until nothing is left to be watched or told."""
    for _ in range(int(within * 5)):
        if await count(url, OPEN_ENDS) == 0:
            return
        await asyncio.sleep(0.2)
    pytest.fail(f"{await count(url, OPEN_ENDS)} things were left undone")


async def check(centre: Centre) -> None:
    """Every clock warned once and was overdue once, at its moments; every notice came once."""
    clocks = await db.hot(LIGHTS)
    assert len(clocks) == CASES
    for row in clocks:
        assert row["lights"] == ["warn@truefalse", "overdue@falsetrue"], dict(row)
    assert await db.hot(GAPS) == []
    assert await db.hot(BACKWARDS) == []
    assert await db.hot(DOUBLED) == []
    notices = await db.hot("SELECT kind, count(*) AS n FROM notice GROUP BY 1")
    assert {row["kind"]: row["n"] for row in notices} == {"escalate": CASES * SUPERVISORS}


@pytest.mark.slow
async def test_killed_workers_lose_nothing_and_tell_nothing_twice(
    centre: Centre, work: Worker, pools: str
) -> None:
    draw = random.Random(7)
    incidents = await report(centre, over=10)
    me = await actor(centre, "supervisor")
    stop = asyncio.Event()

    async def urge() -> None:
        """People who work on the same cases meanwhile."""
        while not stop.is_set():
            async with db.transaction() as session:
                await service.act(session, me, draw.choice(incidents), "urge", Note())

    urging = [asyncio.create_task(urge()) for _ in range(2)]
    for _ in range(6):
        workers = [work(), work()]
        before = await count(pools, "SELECT count(*) FROM fact WHERE kind <> 'urge'")
        for _ in range(60):
            await asyncio.sleep(0.1)
            if await count(pools, "SELECT count(*) FROM fact WHERE kind <> 'urge'") > before:
                break
        await asyncio.sleep(draw.uniform(0, 2))
        for worker in workers:
            worker.kill()
            worker.wait()
    stop.set()
    await asyncio.gather(*urging)
    work()
    await finished(pools)
    await check(centre)


async def test_watchers_and_readers_at_once_share_the_work(centre: Centre, pools: str) -> None:
    await report(centre, over=0)
    late = datetime.now(UTC) + timedelta(minutes=1)
    done = await asyncio.gather(*(watch.look(late) for _ in range(4)))
    for _ in range(3):
        await watch.look(late)
    assert sum(counts.get("turned", 0) for counts in done) == 2 * CASES
    async with asyncio.timeout(60):
        while await count(pools, OPEN_ENDS):
            await asyncio.gather(*(announce.read_on() for _ in range(4)))
    await check(centre)


async def test_an_idle_worker_ends_politely(work: Worker, pools: str) -> None:
    worker = work()
    async with asyncio.timeout(60):
        while await health.count_workers() == 0:
            await asyncio.sleep(0.1)
    worker.terminate()
    assert await asyncio.to_thread(worker.wait, 20) == 0
    assert await health.count_workers() == 0


CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'wangge'
"""


async def test_a_worker_whose_connections_are_cut_goes_on(
    centre: Centre, work: Worker, pools: str
) -> None:
    worker = work()
    await report(centre, over=0)
    await db.stop()
    cut = 0
    async with asyncio.timeout(100):
        while cut < 4:  # those it has, and at least one that it has opened since
            cut += await count(pools, CUT)
            await asyncio.sleep(0.3)
    db.start()
    await finished(pools)
    assert worker.poll() is None
    await check(centre)


async def test_a_worker_that_loses_the_job_queue_ends_with_an_error(
    work: Worker, pools: str
) -> None:
    worker = work()
    queue = CUT.replace("'wangge'", "'wangge worker'")
    async with asyncio.timeout(60):
        while await count(pools, queue) == 0:
            await asyncio.sleep(0.3)
    assert await asyncio.to_thread(worker.wait, 60) == 1
