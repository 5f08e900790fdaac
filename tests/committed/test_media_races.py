"""Uploads under real concurrency: separate connections, real commits."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app import db
from app.config import settings
from app.media import jobs
from tests.clients import Client
from tests.factories import a_cell, a_report, an_account
from tests.media.pictures import a_photo
from tests.media.uploading import one, stored, upload


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The local store; `pools` reads the settings anew after this."""
    monkeypatch.setenv("WANGGE_MEDIA_URL", (tmp_path / "media").as_uri())
    return tmp_path / "media"


@pytest.fixture
async def speaker(folder: Path, pools: str, app: FastAPI) -> AsyncIterator[Client]:
    """A dispatcher who speaks to the application on real connections."""
    assert settings().media_url == folder.as_uri()
    async with db.transaction() as session:
        await a_cell(session)
        dispatcher = await an_account(session, "dispatcher")
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Client(http).as_(dispatcher)


async def a_case(speaker: Client) -> str:
    return str((await speaker.post("/api/v1/incidents", a_report())).json()["id"])


async def test_one_upload_sent_many_times_at_once_is_kept_once(
    speaker: Client, folder: Path
) -> None:
    case, ids = await a_case(speaker), [str(uuid4())]
    sent = (upload(speaker, case, a_photo(), ids=ids) for _ in range(8))
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    replays = Counter("idempotent-replayed" in answer.headers for answer in answers)
    assert replays == {True: 7, False: 1}
    listed = (await speaker.get(f"/api/v1/incidents/{case}/facts")).json()["items"]
    assert [fact["kind"] for fact in listed] == ["report", "add_evidence"]


async def test_the_same_photo_sent_to_many_cases_at_once_is_flagged_on_all_but_one(
    speaker: Client,
) -> None:
    cases = [await a_case(speaker) for _ in range(6)]
    items = await asyncio.gather(*(one(speaker, case, a_photo()) for case in cases))
    told = Counter(tuple(item["flags"]) for item in items)
    assert told == {("same_photo",): 5, (): 1}


async def test_one_id_for_two_cases_at_once_is_taken_by_one(speaker: Client) -> None:
    ids = [str(uuid4())]
    cases = [await a_case(speaker) for _ in range(4)]
    sent = (upload(speaker, case, a_photo(n), ids=ids) for n, case in enumerate(cases))
    codes = Counter(answer.status_code for answer in await asyncio.gather(*sent))
    assert codes == {201: 1, 422: 3}


async def test_a_job_that_two_workers_take_ends_well(speaker: Client, folder: Path) -> None:
    case = await a_case(speaker)
    item = await one(speaker, case, a_photo())
    await asyncio.gather(*(jobs.derive(media_id=item["id"]) for _ in range(3)))
    (item,) = (await speaker.get(f"/api/v1/incidents/{case}/media")).json()["items"]
    assert item["state"] == "ready"
    assert len(stored(folder, "*.webp")) == 2
