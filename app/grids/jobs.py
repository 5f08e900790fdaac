"""Background work of grids: the import of an uploaded file."""

import asyncio
from contextlib import suppress
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app import db
from app.grids import files, service
from app.grids.models import GridImport
from app.grids.schemas import ImportOptions
from app.jobs import job
from app.problems import AppError

STEP = 0.05
_PROGRESS = """
UPDATE grid_import SET progress = $2, status = 'running'
WHERE id = $1 AND status IN ('queued', 'running', 'failed')
"""


@job(service.JOB)
async def run_import(import_id: str) -> None:
    """Import one uploaded file; its file is gone once there is nothing more to do.

    What is the file's fault is in its report and is not tried again.
    """
    async with db.transaction() as session:
        chosen = select(GridImport).where(GridImport.id == UUID(import_id))
        row = await session.scalar(chosen.options(undefer(GridImport.content)))
    if row is None or row.content is None or row.status in service.FINISHED:
        return
    options = ImportOptions.model_validate(row.options)
    with files.laid_out(row.file_name, row.content) as source, suppress(AppError):
        await service.run(row.id, source, options, await _noting(row.id))


async def _noting(import_id: UUID) -> service.Progress:
    """Write the progress in steps, each as a transaction of its own."""
    loop = asyncio.get_running_loop()
    told = -1.0

    def note(_: str, part: float) -> None:
        nonlocal told
        if part - told >= STEP:
            told = part
            written = db.hot(_PROGRESS, import_id, part)
            asyncio.run_coroutine_threadsafe(written, loop).result()

    return note
