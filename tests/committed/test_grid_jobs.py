"""The import's job with real commits: told twice at once, it writes once; progress is seen."""

import asyncio

from sqlalchemy import func, select

from app import db
from app.grids import jobs
from app.grids.models import Cell, GridImport
from tests.grids.drawing import board, collection


async def test_a_job_that_runs_twice_at_once_writes_once(pools: str) -> None:
    async with db.transaction() as session:
        row = GridImport(
            status="queued",
            level="cell",
            file_name="cells.geojson",
            file_sha256="",
            content=collection(*board(5, 5)),
            options={"level": "cell", "code_scheme": "free"},
        )
        session.add(row)
    await asyncio.gather(*(jobs.run_import(import_id=str(row.id)) for _ in range(2)))
    async with db.transaction() as session:
        done = await session.get_one(GridImport, row.id)
        assert (done.status, done.progress) == ("done", 1)
        assert await session.scalar(select(func.count()).select_from(Cell)) == 25
        report = await session.scalar(select(GridImport.report).where(GridImport.id == row.id))
    assert report is not None
    assert report["changes"]["opened"] == 25
