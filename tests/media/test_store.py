"""Where bytes live: abandoned uploads go, rows' bytes stay, and S3 is no different."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.media import jobs, store
from app.people.models import Account
from tests.clients import Client, problem
from tests.media.pictures import PDF, a_photo
from tests.media.uploading import derive_all, fetch, one, upload


async def _aged(session: AsyncSession, folder: Path, days: int) -> Path:
    """Make the one upload look as if it had come some days ago."""
    (kept,) = (await session.scalars(text("SELECT object_key FROM media"))).all()
    day = store.day_prefix(datetime.now(UTC).date() - timedelta(days=days))
    moved = folder / day / kept.rpartition("/")[2]
    moved.parent.mkdir(parents=True)
    (folder / kept).rename(moved)
    key = str(moved.relative_to(folder))
    await session.execute(text("SET LOCAL ROLE NONE"))
    await session.execute(text("UPDATE media SET object_key = :key"), {"key": key})
    await session.execute(text("SET LOCAL ROLE wangge_app"))
    return moved


async def test_what_no_row_speaks_of_is_removed_after_a_day(
    client: Client, session: AsyncSession, dispatcher: Account, case: str, folder: Path
) -> None:
    await one(client.as_(dispatcher), case, a_photo())
    await derive_all(session)
    kept = await _aged(session, folder, days=3)
    today = datetime.now(UTC).date()
    ages = {age: f"{store.day_prefix(today - timedelta(days=age))}/f{age}" for age in (0, 1, 2, 8)}
    for key in ages.values():
        await store.put(f"{key}/original", b"abandoned")
    await jobs.sweep_abandoned()
    left = {age for age, key in ages.items() if (folder / key / "original").exists()}
    assert left == {0, 1}
    names = {path.name for path in kept.iterdir()}
    assert names == {"original", "preview.webp", "thumbnail.webp"}


async def test_a_store_that_does_not_answer_is_said_and_nothing_is_written(
    client: Client,
    session: AsyncSession,
    dispatcher: Account,
    case: str,
    tmp_path: Path,
    configure: Callable[..., None],
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"no folder")
    configure(media_url=(file / "media").as_uri())
    answer = await upload(client.as_(dispatcher), case, PDF)
    problem(answer, 503, "store-unavailable")
    assert answer.headers["retry-after"] == "5"
    assert await session.scalar(text("SELECT count(*) FROM media")) == 0


def test_only_folders_and_buckets_are_stores(configure: Callable[..., None]) -> None:
    configure(media_url="ftp://somewhere/else")
    with pytest.raises(ValidationError, match="media_url"):
        settings()


@pytest.mark.slow
async def test_s3_keeps_serves_sweeps_and_refuses_a_wrong_key(
    client: Client,
    session: AsyncSession,
    dispatcher: Account,
    case: str,
    s3: dict[str, str],
    configure: Callable[..., None],
) -> None:
    configure(**s3)
    speaker, big = client.as_(dispatcher), PDF + bytes(12_000_000)
    photo, document = await one(speaker, case, a_photo()), await one(speaker, case, big)
    await derive_all(session)
    assert (await fetch(speaker, case, photo["id"], "original")).content == a_photo()
    assert (await fetch(speaker, case, photo["id"], "preview")).status_code == 200
    assert (await fetch(speaker, case, document["id"], "original")).content == big
    old = store.day_prefix(datetime.now(UTC).date() - timedelta(days=2))
    await store.put(f"{old}/nobody/original", b"abandoned")
    await jobs.sweep_abandoned()
    assert [keys async for keys in store.list_(old)] == []
    configure(media_s3_secret_key="another")
    problem(await upload(speaker, case, PDF), 503, "store-unavailable")
