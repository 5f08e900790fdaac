"""A closed loop over HTTP/1.1: N connections, each asks again as soon as it has its answer.

Made to cost little beside the server that it measures: ready bytes out, the length read from the
head, nothing else parsed.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

HOST = "127.0.0.1"
LONGEST = 60.0
Make = Callable[[], bytes]


class Refused(Exception):
    """An answer that is not 2xx, or none: the bench ends here."""


@dataclass(slots=True)
class Tally:
    """What a run came to: how long each answer took, over how long a time."""

    seconds: float = 0.0
    bytes_read: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Run:
    """What the connections of one run share: when and how often to ask, how it ended."""

    def __init__(self, make: Make, connections: int, until: float, most: int | None) -> None:
        self.make, self.until, self.left = make, until, most
        self.tally = Tally()
        self.open = connections
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def more(self, now: float) -> bool:
        """Whether a connection may ask once more."""
        if self.left is not None:
            self.left -= 1
            return self.left >= 0
        return now < self.until

    def fail(self, text: str) -> None:
        """End the run: something is wrong."""
        if not self.ended.done():
            self.ended.set_exception(Refused(text))

    def leave(self) -> None:
        """One connection is through."""
        self.open -= 1
        if self.open == 0 and not self.ended.done():
            self.ended.set_result(None)


class _Asker(asyncio.Protocol):
    """One connection."""

    def __init__(self, run: _Run) -> None:
        self.run = run
        self.buffer = b""
        self.asked_at = 0.0
        self.through = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self.transport = cast("asyncio.Transport", transport)
        self._ask(time.perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:
        """Expected only when through."""
        if not self.through:
            self.run.fail(f"the server closed the connection: {exc or 'no reason given'}")

    def data_received(self, data: bytes) -> None:
        """Wait for the whole answer, then ask again."""
        self.buffer = self.buffer + data if self.buffer else data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        at = self.buffer.find(b"content-length: ", 0, end)
        length = int(self.buffer[at + 16 : self.buffer.find(b"\r", at)]) if at >= 0 else 0
        if len(self.buffer) < end + 4 + length:
            return
        if self.buffer[9:10] != b"2":
            self.run.fail(self.buffer[:2000].decode(errors="replace"))
            self._leave()
            return
        now = time.perf_counter()
        self.run.tally.times.append(now - self.asked_at)
        self.run.tally.bytes_read += len(self.buffer)
        self.buffer = b""
        self._ask(now)

    def _ask(self, now: float) -> None:
        if self.run.more(now):
            self.asked_at = now
            self.transport.write(self.run.make())
        else:
            self._leave()

    def _leave(self) -> None:
        self.through = True
        self.transport.close()
        self.run.leave()


async def ask(
    port: int, make: Make, *, connections: int = 16, seconds: float = 0, most: int | None = None
) -> Tally:
    """Ask for so many seconds, or so many times; only this machine is ever asked."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    run = _Run(make, connections, began + seconds, most)
    for _ in range(connections):
        await loop.create_connection(lambda: _Asker(run), HOST, port)
    try:
        await asyncio.wait_for(run.ended, seconds + LONGEST)
    except TimeoutError as error:
        raise Refused(f"no answer within {LONGEST:.0f} s") from error
    run.tally.seconds = time.perf_counter() - began
    return run.tally
