"""Publication under real concurrency: separate connections, real commits."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app import db
from app.catalog import queries
from app.catalog.content import PhraseRow
from app.catalog.errors import NotADraft
from app.catalog.parts import PHRASES
from app.catalog.service import put
from app.problems import AppError
from tests.catalog.conftest import Desk
from tests.clients import Client
from tests.factories import an_account


@pytest.fixture
async def desk(pools: str, app: FastAPI) -> AsyncIterator[Desk]:
    async with db.transaction() as session:
        boss = await an_account(session, "administrator")
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Desk(Client(http).as_(boss))


async def outcomes(*answers: httpx.Response) -> Counter[str]:
    return Counter(
        "published" if one.status_code == 200 else one.json()["type"].rsplit("/", 1)[1]
        for one in answers
    )


async def test_a_draft_published_twice_at_once_is_published_once(desk: Desk) -> None:
    draft = await desk.draft()
    answers = await asyncio.gather(*(desk.publish(draft) for _ in range(4)))
    assert await outcomes(*answers) == {"published": 1, "edition-not-a-draft": 3}
    assert {one.status_code for one in answers} == {200, 409}
    assert (await desk.published())["number"] == draft


async def test_of_drafts_published_at_once_one_wins(desk: Desk) -> None:
    drafts = [await desk.draft() for _ in range(3)]
    answers = await asyncio.gather(*(desk.publish(draft) for draft in drafts))
    assert await outcomes(*answers) == {"published": 1, "edition-outdated": 2}
    winner = next(one.json()["number"] for one in answers if one.status_code == 200)
    assert (await desk.published())["number"] == winner
    async with db.transaction() as session:
        assert {one.edition for one in await queries.list_(session)} == {winner}


async def edit(number: int, row: PhraseRow) -> str:
    try:
        async with db.transaction() as session:
            await put(session, number, PHRASES, row.code, row)
    except AppError as refused:
        return refused.slug
    return "edited"


async def test_an_edit_comes_before_the_publication_or_not_at_all(desk: Desk) -> None:
    draft = await desk.draft()
    before = await desk.export(draft)
    row = PhraseRow(step="urge", number=99, text="请今天办结。")
    published, edited = await asyncio.gather(desk.publish(draft), edit(draft, row))
    assert published.status_code == 200
    assert edited in ("edited", NotADraft.slug)
    assert (await desk.export(draft) == before) == (edited == NotADraft.slug)


async def test_the_databases_own_guard_waits_for_a_publication_under_way(desk: Desk) -> None:
    draft = await desk.draft()
    late = text("DELETE FROM phrase WHERE edition = :edition")

    async def delete() -> None:
        async with db.transaction() as session:
            await session.execute(late, {"edition": draft})

    async with db.transaction() as session:
        edition = await queries.get_draft_for_update(session, draft)
        before = await queries.get_published(session)
        before.status = "retired"
        await session.flush()
        edition.status = "published"
        await session.flush()
        waiting = asyncio.create_task(delete())
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert not done
    with pytest.raises(Exception, match="is not a draft: it never changes"):
        await waiting


async def test_a_class_switched_off_during_a_publication_stays_off(desk: Desk) -> None:
    off = {"active": False, "auto_dispatch": False}
    for code in ("E0112", "E0111", "E0110"):
        draft = await desk.draft()
        switched = desk.client.put(f"/api/v1/categories/{code}/settings", off)
        published, answer = await asyncio.gather(desk.publish(draft), switched)
        assert (published.status_code, answer.status_code) == (200, 200)
        assert (await desk.client.get(f"/api/v1/categories/{code}")).json()["active"] is False
