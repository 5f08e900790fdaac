"""The background process: jobs, periodic work, the tail of the fact log. Composition only."""

import asyncio
import signal

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver

from app import db, jobs
from app.config import settings
from app.exports import jobs as export_jobs
from app.grids import jobs as grid_jobs
from app.incidents import announce, likeness, recalculate, watch
from app.incidents import jobs as incident_jobs
from app.media import jobs as media_jobs
from app.notices import jobs as notice_jobs
from app.people import jobs as people_jobs
from app.tallies import keeping

log = structlog.get_logger("worker")
DOMAINS = (export_jobs, grid_jobs, incident_jobs, media_jobs, notice_jobs, people_jobs, recalculate)


async def _connection() -> "asyncpg.Connection[asyncpg.Record]":
    config = settings()
    return await asyncpg.connect(
        config.database_url,
        server_settings={"role": config.database_role, "application_name": "wangge worker"},
    )


async def _work(queue: PgQueuer) -> None:
    db.start()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(queue.run())
            group.create_task(incident_jobs.tail(queue.shutdown))
            group.create_task(watch.watch(queue.shutdown))
            group.create_task(announce.announce(queue.shutdown))
            group.create_task(keeping.keep(queue.shutdown))
            group.create_task(likeness.compare(queue.shutdown))
    finally:
        await db.stop()


async def main() -> None:
    """Work until SIGTERM or SIGINT; a job under way is finished first."""
    connection = await _connection()
    queue = PgQueuer(AsyncpgDriver(connection))
    jobs.bind(queue)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, queue.shutdown.set)
    await connection.execute("SELECT pg_advisory_lock_shared($1)", jobs.AT_WORK)
    log.info("worker started", jobs=sorted(jobs.HANDLERS), periodic=sorted(jobs.PERIODIC))
    try:
        await _work(queue)
    except Exception:
        log.error("worker ends, for a part of it has failed: start it again")
        raise
    await connection.close()
    log.info("worker stopped")


def run() -> None:
    """The entry of `wangge worker`."""
    asyncio.run(main())
