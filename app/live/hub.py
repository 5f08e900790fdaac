"""The one reader of the fact log in a web process: what it reads goes to every open stream.

New facts are read once per process however many listen; who may see them is decided in memory.
"""

import asyncio
import signal
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog
from prometheus_client import Gauge

from app.auth import Actor
from app.config import settings
from app.incidents.jobs import CHANNEL
from app.jobs import RETRY_SECONDS, again
from app.live import news
from app.live.news import Place
from app.live.sight import Sight, sees
from app.problems import Unavailable

log = structlog.get_logger("live")
STREAMS = Gauge("wangge_live_streams", "Open streams of server-sent events")
LOOK_SECONDS = 1.0
"""How often the log is looked at when nobody says that it has grown."""
MOST_WAITING = 1000
"""A stream that lags so many events behind is ended; it resumes from what it has received."""


@dataclass(eq=False, slots=True)
class Subscriber:
    """One open stream: who reads it, and what waits to be sent."""

    actor: Actor
    waiting: deque[tuple[Place, bytes]] = field(default_factory=deque)
    ended: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, place: Place, frame: bytes) -> None:
        """Let an event wait, or give the stream up if it is too slow."""
        if len(self.waiting) >= MOST_WAITING:
            self.end()
        elif not self.ended:
            self.waiting.append((place, frame))
            self.woken.set()

    def end(self) -> None:
        """Nothing more is sent."""
        self.ended = True
        self.waiting.clear()
        self.woken.set()

    async def wait(self, seconds: float) -> None:
        """Until there is something to send or the stream has ended, at most so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), max(seconds, 0))

    def take(self, after: Place) -> bytes:
        """All that waits and lies behind a place, as one piece."""
        taken = b"".join(frame for place, frame in self.waiting if place > after)
        self.waiting.clear()
        self.woken.clear()
        return taken


class Hub:
    """Follows the log while somebody listens; `place` is how far it has come."""

    def __init__(self) -> None:
        self.place = news.START
        self._subscribers: set[Subscriber] = set()
        self._wanted, self._placed, self._told = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._stop = asyncio.Event()

    @asynccontextmanager
    async def joined(self, actor: Actor) -> AsyncIterator[Subscriber]:
        """A place among the subscribers; from the hub's own place on, nothing is missed."""
        one = Subscriber(actor)
        self._subscribers.add(one)
        self._wanted.set()
        STREAMS.inc()
        try:
            await self._placed.wait()
            if self._stop.is_set():
                one.end()
            yield one
        finally:
            self._subscribers.discard(one)
            STREAMS.dec()

    def close(self) -> None:
        """End every stream, so that the process can."""
        self._stop.set()
        self._placed.set()
        for one in self._subscribers:
            one.end()

    async def follow(self) -> None:
        """Read on until closed; what fails is tried again."""
        await again(self._stop, "live", 0, self._look)

    async def listen(self) -> None:
        """Be told of new facts by the worker, on a connection of its own."""
        await again(self._stop, "live listen", RETRY_SECONDS, self._hear)

    async def _look(self) -> bool:
        await self._wanted.wait()
        if not self._subscribers:
            self._wanted.clear()
            self._placed.clear()
            return True
        if not self._placed.is_set():
            self.place = await news.end()
            self._placed.set()
        if await self._read() < news.AT_ONCE:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), LOOK_SECONDS)
            self._told.clear()
        return True

    async def _read(self) -> int:
        rows = await news.behind(self.place)
        for row in rows:
            self.place = news.place_of(row)
            if row["body"] is not None:
                case = Sight(*(row[name] for name in Sight._fields))
                event = news.frame("fact", self.place, row["body"])
                for one in self._subscribers:
                    if sees(one.actor, case):
                        one.offer(self.place, event)
        return len(rows)

    async def _hear(self) -> bool:
        await self._wanted.wait()
        lost = asyncio.Event()
        config = settings()
        server = {"role": config.database_role, "application_name": "wangge live"}
        connection = await asyncpg.connect(config.database_url, server_settings=server)
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, lambda *_: self._told.set())
            await lost.wait()
        finally:
            connection.terminate()
        return False


_hub: Hub | None = None


def current() -> Hub:
    """The process's hub; there is none before the process serves."""
    if _hub is None:
        raise Unavailable
    return _hub


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """The hub, for as long as the process serves."""
    global _hub
    _hub = Hub()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_hub.follow()), group.create_task(_hub.listen())]
        with _closing_on_signal(_hub):
            yield
        _hub.close()
        for task in tasks:
            task.cancel()
    _hub = None


@contextmanager
def _closing_on_signal(hub: Hub) -> Iterator[None]:
    """Close before the server does: it waits for open answers, and streams end by themselves only.

    The server's own handler, which is there already, is called as before.
    """
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}

    def heard(number: int, frame: Any) -> None:
        loop.call_soon_threadsafe(hub.close)
        if callable(before[number]):
            before[number](number, frame)

    for number in before:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
