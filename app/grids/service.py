"""Imports of areas and cells: one file, one report, one transaction."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.config import settings
from app.db import new_id
from app.grids import analysis, files, reading, standing, writing
from app.grids.analysis import Draft, Sizes
from app.grids.degrees import Tick
from app.grids.errors import AlreadyRun
from app.grids.models import GridImport
from app.grids.report import Report
from app.grids.schemas import ImportOptions
from app.jobs import enqueue
from app.problems import AppError

Progress = Callable[[str, float], None]
"""Told from a worker thread: what is being done, and how much of all is done (0 to 1)."""
FINISHED = frozenset({"refused", "checked", "done"})
JOB = "grids.import"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of an import: refused, checked (a dry run) or done."""

    id: UUID
    status: str
    report: Report


async def import_file(
    source: Path,
    options: ImportOptions,
    *,
    account_id: UUID | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> ImportResult:
    """Import a file in transactions of its own; its row in grid_import is kept whatever happens."""
    digest = await asyncio.to_thread(files.sha256_of, source)
    async with db.transaction() as session:
        row = _row(source.name, digest, options, account_id, status="running")
        session.add(row)
    return await run(row.id, source, options, progress)


async def submit(
    session: AsyncSession, actor: Actor, name: str, content: bytes, options: ImportOptions
) -> GridImport:
    """Keep an uploaded file for the worker; what makes it unreadable is told at once."""
    name = files.plain_name(name)
    digest = await asyncio.to_thread(_check, name, content, options)
    row = _row(name, digest, options, actor.id, status="queued")
    row.content = content
    session.add(row)
    await session.flush()
    await enqueue(session, JOB, import_id=row.id)
    return row


async def run(
    import_id: UUID, source: Path, options: ImportOptions, progress: Progress | None
) -> ImportResult:
    """Read, analyse and write; says in the import's row what became of it."""
    try:
        tick = _part(progress, "reading", 0, 0.3)
        found = await asyncio.to_thread(_draft, source, options, tick)
        async with db.transaction() as session:
            await writing.queue_up(session)
            await _still_to_do(session, import_id)
            return await _decide(session, import_id, found, options, progress)
    except AlreadyRun:
        raise
    except Exception as error:
        await _fail(import_id, error)
        raise


async def _decide(
    session: AsyncSession,
    import_id: UUID,
    found: Draft,
    options: ImportOptions,
    progress: Progress | None,
) -> ImportResult:
    config = settings()
    sizes = Sizes(config.cell_target_square_metres, config.cell_size_factor)
    around = await standing.around(session, found)
    tick = _part(progress, "analysing", 0.3, 0.8)
    report, plan = await asyncio.to_thread(analysis.analyse, found, around, options, sizes, tick)
    status = "checked" if options.dry_run else "refused" if report.refused else "done"
    if status == "done":
        tick = _part(progress, "writing", 0.8, 1)
        await writing.write(session, options.level, plan, import_id, tick)
    told = {"status": status, "report": report.as_json(), "progress": 1}
    await _note(session, import_id, **told, finished_at=func.now(), content=None)
    return ImportResult(import_id, status, report)


def _draft(source: Path, options: ImportOptions, tick: Tick) -> Draft:
    scheme = options.code_scheme or settings().code_scheme
    features = reading.read(source, options, lambda part: tick(part * 0.7))
    found = analysis.draft(features, options, scheme)
    tick(1.0)
    return found


def _check(name: str, content: bytes, options: ImportOptions) -> str:
    with files.laid_out(name, content) as source:
        reading.check(source, options)
        return files.sha256_of(source)


def _row(
    name: str, digest: str, options: ImportOptions, account_id: UUID | None, *, status: str
) -> GridImport:
    return GridImport(
        id=new_id(),
        status=status,
        level=options.level,
        file_name=name,
        file_sha256=digest,
        options=options.model_dump(mode="json", exclude_none=True),
        account_id=account_id,
    )


async def _still_to_do(session: AsyncSession, import_id: UUID) -> None:
    """A job that comes twice does nothing the second time."""
    wanted = select(GridImport.status).where(GridImport.id == import_id)
    if await session.scalar(wanted) in FINISHED:
        raise AlreadyRun


async def _fail(import_id: UUID, error: Exception) -> None:
    """Keep the reason; the file stays only where another try may end better."""
    named = error if isinstance(error, AppError) else AppError()
    told = {lang: _sentence(named.problem(lang)) for lang in ("zh", "en")}
    kept = {} if named is not error else {"content": None}
    async with db.transaction() as session:
        await _note(
            session,
            import_id,
            status="failed",
            report={"failure": told},
            finished_at=func.now(),
            **kept,
        )


def _sentence(problem: dict[str, Any]) -> str:
    parts = (problem["title"], problem.get("detail"))
    return ": ".join(str(part) for part in parts if part)


async def _note(session: AsyncSession, import_id: UUID, **values: Any) -> None:
    await session.execute(update(GridImport).where(GridImport.id == import_id).values(**values))


def _part(progress: Progress | None, label: str, begin: float, end: float) -> Tick:
    """One stage's own 0 to 1 as a part of the whole."""

    def tick(part: float) -> None:
        if progress is not None:
            progress(label, begin + (end - begin) * part)

    return tick
