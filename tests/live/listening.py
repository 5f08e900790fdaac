"""Somebody who listens: server-sent events as a browser reads them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from tests.clients import Client

PATH = "/api/v1/live"
PATIENCE = 20.0
"""Transactions of other tests on the same server may hold the log back for a moment."""


@dataclass(frozen=True)
class Event:
    """One event; its data as they were sent."""

    name: str
    id: str
    data: Any

    @property
    def fact(self) -> int:
        """The number of the fact that it tells."""
        return int(self.data["fact"]["id"])


class Listener:
    """An open stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self._events = self._read(answer.aiter_lines())
        self.last = ""

    async def next(self) -> Event:
        """The next event."""
        event = await asyncio.wait_for(anext(self._events), PATIENCE)
        self.last = event.id
        return event

    async def facts(self, count: int) -> list[Event]:
        """The next so many facts."""
        found: list[Event] = []
        while len(found) < count:
            event = await self.next()
            found += [event] if event.name == "fact" else []
        return found

    async def ended(self) -> bool:
        """Whether the server ends the stream, with nothing more in it."""
        return [event async for event in self._events if event.name != "alive"] == []

    async def _read(self, lines: AsyncIterator[str]) -> AsyncIterator[Event]:
        told: dict[str, str] = {}
        async for line in lines:
            if line:
                name, _, value = line.partition(": ")
                told[name] = value
            else:
                yield Event(told["event"], told["id"], orjson.loads(told["data"]))
                told = {}


@asynccontextmanager
async def listening(client: Client, last: str | None = None) -> AsyncIterator[Listener]:
    """Open a stream, perhaps to go on after an id; it is closed at the end."""
    headers = client.headers | ({"Last-Event-ID": last} if last else {})
    async with client.http.stream("GET", PATH, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Listener(answer)
