"""Sending files as a client does, and running what the worker would run."""

from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.media import jobs
from app.media.models import Media
from tests.clients import Client

Named = tuple[str, bytes]


async def upload(
    client: Client, case: str, *files: bytes | Named, stage: str = "report", **form: Any
) -> httpx.Response:
    """Send files of one stage."""
    named = [file if isinstance(file, tuple) else ("photo.jpg", file) for file in files]
    return await client.post(
        f"/api/v1/incidents/{case}/media",
        files=[("files", file) for file in named],
        data={"stage": stage, **form},
    )


async def one(client: Client, case: str, file: bytes | Named, **form: Any) -> dict[str, Any]:
    """Send one file that is taken; what is told of it."""
    answer = await upload(client, case, file, **form)
    assert answer.status_code == 201, answer.text
    (item,) = answer.json()["items"]
    return dict(item)


async def fetch(client: Client, case: str, media: str, variant: str, **more: Any) -> httpx.Response:
    """Ask for a file's bytes."""
    return await client.get(f"/api/v1/incidents/{case}/media/{media}/{variant}", **more)


async def derive_all(session: AsyncSession) -> None:
    """Run the jobs that wait."""
    for media_id in (await session.scalars(select(Media.id))).all():
        await jobs.derive(media_id=str(media_id))


def stored(folder: Path, name: str = "original") -> list[Path]:
    """The objects of a local store."""
    return list(folder.rglob(name))
