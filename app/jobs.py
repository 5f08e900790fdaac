"""The thin door to the job queue: a job is a row written in the caller's transaction.

Beside it the loop of those who look again and again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import orjson
import structlog
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from sqlalchemy.ext.asyncio import AsyncSession

from app import db

log = structlog.get_logger("jobs")
Handler = Callable[..., Awaitable[None]]
HANDLERS: dict[str, Handler] = {}
PERIODIC: dict[str, tuple[str, Callable[[], Awaitable[None]]]] = {}
TRIES = 5
AT_WORK = 0x7767_6B72
"""The key of an advisory lock that every worker shares while it lives: it counts them."""
RETRY_SECONDS = 3.0


def job(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of a job; it opens its own transaction and is safe to run twice."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        return handler

    return register


def periodic(name: str, crontab: str) -> Callable[[Handler], Handler]:
    """Register work that comes again by the clock (UTC), once per tick over all workers."""

    def register(handler: Handler) -> Handler:
        PERIODIC[name] = (crontab, handler)
        return handler

    return register


async def enqueue(
    session: AsyncSession, name: str, *, after: timedelta | None = None, **payload: Any
) -> None:
    """Write a job row that commits or rolls back with the session; it may wait for a while."""
    driver = AsyncpgDriver(await db.begun(session))
    told = orjson.dumps(payload, default=str)
    await Queries(driver).enqueue(name, told, execute_after=after)


async def again(
    stop: asyncio.Event, name: str, seconds: float, look: Callable[[], Awaitable[bool]]
) -> None:
    """Look every so many seconds until told to stop, at once if the last look says so.

    What fails (a database that restarts, rules that cannot be read) is logged and tried again.
    """
    while not stop.is_set():
        wait = seconds
        try:
            if await look():
                continue
        except Exception:
            wait = RETRY_SECONDS
            log.exception("failed, and will be tried again", loop=name, seconds=wait)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)


def bind(queue: PgQueuer) -> None:
    """Tell a worker's queue what to run; a job that fails for good stays visible, held."""
    for name, handler in HANDLERS.items():
        queue.entrypoint(name, on_failure="hold", executor_factory=_retrying)(_runner(handler))
    for name, (crontab, handler) in PERIODIC.items():
        queue.schedule(name, crontab)(_ticker(handler))


def _retrying(parameters: Any) -> DatabaseRetryEntrypointExecutor:
    return DatabaseRetryEntrypointExecutor(
        parameters=parameters, max_attempts=TRIES, initial_delay=timedelta(seconds=2)
    )


def _runner(handler: Handler) -> Callable[[Job], Awaitable[None]]:
    async def run(taken: Job) -> None:
        await handler(**orjson.loads(taken.payload or b"{}"))

    return run


def _ticker(handler: Handler) -> Callable[[Any], Awaitable[None]]:
    async def run(_: Any) -> None:
        await handler()

    return run
