"""Notices with real commits: a key told at once by many, parcels taken by many."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from app import db
from app.config import ROOT, settings
from app.notices import delivery, jobs
from app.notices.models import Notice, NoticeDelivery, NoticePreference, State
from app.notices.service import Message, notify
from app.people.models import Account
from tests.notices.receivers import Hooks, web_server

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
async def hooks(pools: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hooks]:
    monkeypatch.setenv("WANGGE_WEBHOOK_PRIVATE_TARGETS", "true")
    settings.cache_clear()
    async with web_server() as hooks:
        yield hooks


async def some_people(count: int, hooks: Hooks) -> list[UUID]:
    people = [Account(username=f"p{n}", name="某人", roles=["steward"]) for n in range(count)]
    url = f"http://127.0.0.1:{hooks.port}/"
    async with db.transaction() as session:
        session.add_all(people)
        await session.flush()
        session.add_all(
            NoticePreference(
                account_id=person.id, webhook_url=url, webhook_secret="s" * 16, webhook_on=True
            )
            for person in people
        )
    return [person.id for person in people]


async def tell(people: list[UUID], key: str | None = None) -> int:
    async with db.transaction() as session:
        return await notify(session, people, Message("overdue", "超时", "请处置", key=key), at=NOW)


async def test_a_key_told_twenty_times_at_once_comes_once(hooks: Hooks) -> None:
    people = await some_people(7, hooks)
    orders = [people[turn % 7 :] + people[: turn % 7] for turn in range(20)]
    new = await asyncio.gather(*(tell(order, "overdue:1") for order in orders))
    assert sum(new) == 7
    async with db.transaction() as session:
        for table in (Notice, NoticeDelivery):
            assert await session.scalar(select(func.count()).select_from(table)) == 7


async def tell_and_fail(people: list[UUID]) -> None:
    async with db.transaction() as session:
        await notify(session, people, Message("overdue", "超时", "请处置", key="1"), at=NOW)
        raise ValueError("something later in the same transaction")


async def test_a_message_of_a_transaction_that_fails_was_never_told(hooks: Hooks) -> None:
    people = await some_people(1, hooks)
    with pytest.raises(ValueError, match="later"):
        await tell_and_fail(people)
    await jobs.deliver()
    assert hooks.posts == []
    async with db.transaction() as session:
        waiting = text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'notices.deliver'")
        assert await session.scalar(waiting) == 0
    assert await tell(people, "1") == 1


async def test_workers_side_by_side_send_each_parcel_once(hooks: Hooks) -> None:
    people = await some_people(250, hooks)
    await tell(people)
    await asyncio.gather(*(jobs.deliver() for _ in range(4)))
    names = [post.headers["wangge-delivery"] for post in hooks.posts]
    assert len(names) == len(set(names)) == 250


async def test_held_messages_are_packed_once_by_many_sweeps(hooks: Hooks) -> None:
    people = await some_people(30, hooks)
    for _ in range(4):
        await tell(people)
    async with db.transaction() as session:
        await session.execute(text("UPDATE notice_delivery SET state = 'held'"))

    async def sweep() -> bool:
        async with db.transaction() as session:
            return await delivery.release(session, NOW + timedelta(minutes=1))

    assert any(await asyncio.gather(*(sweep() for _ in range(4))))
    await asyncio.gather(*(jobs.deliver() for _ in range(2)))
    told = [message["id"] for post in hooks.posts for message in post.json["messages"]]
    assert len(told) == len(set(told)) == 120
    async with db.transaction() as session:
        assert set(await session.scalars(select(NoticeDelivery.state))) == {State.SENT}


async def test_a_digest_has_an_end(hooks: Hooks) -> None:
    people = await some_people(1, hooks)
    for _ in range(delivery.DIGEST + 1):
        await tell(people)
    async with db.transaction() as session:
        await session.execute(text("UPDATE notice_delivery SET state = 'held'"))
    await jobs.wake()
    await jobs.deliver()
    assert sorted(len(post.json["messages"]) for post in hooks.posts) == [1, delivery.DIGEST]


@pytest.mark.slow
async def test_the_worker_process_delivers_what_a_transaction_told(hooks: Hooks, copy: str) -> None:
    environment = {**os.environ, "DATABASE_URL": copy}
    command = (sys.executable, "-m", "app.cli", "worker")
    worker = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)
    try:
        await tell(await some_people(3, hooks))
        for _ in range(300):
            if len(hooks.posts) == 3:
                break
            await asyncio.sleep(0.1)
    finally:
        worker.terminate()
        await worker.wait()
    assert len(hooks.posts) == 3
    async with db.transaction() as session:
        assert set(await session.scalars(select(NoticeDelivery.state))) == {State.SENT}
