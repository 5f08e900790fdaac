"""Background work of exports: make a file from a list's own pages, remove old files."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from os import SEEK_END
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import orjson
import structlog
from asyncpg import Record

from app import db
from app.auth import Actor, actor_by_id
from app.exports import service
from app.exports.columns import COLUMNS, Column, ColumnName
from app.exports.models import Export
from app.exports.writing import Writer, writer
from app.incidents import counting, listing
from app.incidents.filter_schemas import IncidentFilter, IncidentShown
from app.jobs import job, periodic
from app.media import store
from app.problems import AppError

log = structlog.get_logger("exports")
PAGE = 200
TOLD_EVERY = 5
"""Pages after which progress is written."""

_TAKE = """
UPDATE export SET status = 'running', rows = 0, reason = NULL
WHERE id = $1 AND status <> 'done' RETURNING 1
"""
_TOTAL = "UPDATE export SET total = $2 WHERE id = $1"
_ROWS = "UPDATE export SET rows = $2 WHERE id = $1"
_DONE = """
UPDATE export SET status = 'done', rows = $2, size_bytes = $3, finished_at = now() WHERE id = $1
"""
_FAILED = "UPDATE export SET status = 'failed', reason = $2, finished_at = now() WHERE id = $1"


@job(service.MAKE)
async def make(export_id: str) -> None:
    """Make one file. What is the asker's fault ends it; after any other fault it is tried again."""
    if not await db.hot(_TAKE, UUID(export_id)):
        return
    async with db.transaction() as session:
        row = await session.get_one(Export, UUID(export_id))
    try:
        with TemporaryDirectory() as folder:
            await _make(row, Path(folder) / row.format)
    except AppError as error:
        await db.hot(_FAILED, row.id, error.title[0])
    except Exception as error:
        await db.hot(_FAILED, row.id, type(error).__name__)
        raise


async def _make(row: Export, path: Path) -> None:
    actor = await actor_by_id(row.account_id)
    columns = [COLUMNS[ColumnName(name)] for name in row.columns]
    which = IncidentShown.model_validate(row.which)
    await db.hot(_TOTAL, row.id, await counting.exact(actor, which))
    file = await asyncio.to_thread(writer, path, row.format, columns)
    rows = 0
    pages = 0
    async for page in _pages(actor, which):
        await asyncio.to_thread(_write, file, page, columns)
        rows, pages = rows + len(page), pages + 1
        if pages % TOLD_EVERY == 0:
            await db.hot(_ROWS, row.id, rows)
    await asyncio.to_thread(file.close)
    with path.open("rb") as made:
        size = made.seek(0, SEEK_END)
        made.seek(0)
        await store.put(row.key, made)
    await db.hot(_DONE, row.id, rows, size)


def _write(file: Writer, page: Sequence[Record], columns: Sequence[Column]) -> None:
    cases: list[dict[str, Any]] = [orjson.loads(row["body"]) for row in page]
    file.add([column.of(case) for column in columns] for case in cases)


async def _pages(actor: Actor, which: IncidentShown) -> AsyncIterator[list[Record]]:
    """The pages of a list. A deadline may move a case to a later page: no case comes twice."""
    seen: set[UUID] = set()
    after: str | None = None
    while True:
        asked = IncidentFilter(**which.model_dump(exclude_defaults=True), limit=PAGE, after=after)
        page, after = await listing.rows_of(actor, asked)
        if which.sort == "due_at":
            page = [row for row in page if row["id"] not in seen]
            seen.update(row["id"] for row in page)
        yield page
        if after is None:
            return


@periodic("exports.sweep", "31 3 * * *")
async def sweep() -> None:
    """Remove exports whose time is over, and their files."""
    while True:
        async with db.transaction() as session:
            keys = await service.forget_old(session)
        if not keys:
            return
        await store.delete(keys)
        log.info("removed old exports", count=len(keys))
