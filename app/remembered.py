"""What many ask for and nobody changes often: read once, kept for seconds in each process."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, Protocol, TypeVar

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings

T = TypeVar("T")
MOST_KEYS = 1000


class Forgetful(Protocol):
    """Whatever can be told to forget what it keeps."""

    def forget(self) -> None:
        """Read it again next time."""


_ALL: list[Forgetful] = []


class Remembered(Generic[T]):
    """A value that is read again after `WANGGE_REFERENCE_CACHE_SECONDS`, or sooner.

    A change reaches the process that made it at once and the others within those seconds.
    """

    def __init__(self, read: Callable[[], Awaitable[T]], seconds: float | None = None) -> None:
        self._read, self._seconds = read, seconds
        self._kept: tuple[float, T] | None = None
        self._forgotten = 0
        also(self)

    async def get(self) -> T:
        """The value, at most those seconds old."""
        if self._kept is None or self._kept[0] <= time.monotonic():
            before = self._forgotten
            found = await self._read()
            if before != self._forgotten:
                return found
            self._kept = time.monotonic() + self._life(), found
        return self._kept[1]

    def forget(self) -> None:
        """Read it again next time."""
        self._kept = None
        self._forgotten += 1

    def _life(self) -> float:
        longest = settings().reference_cache_seconds
        return longest if self._seconds is None else min(longest, self._seconds)

    def forget_with(self, session: AsyncSession) -> None:
        """Read it again as soon as the session's change is there to be read."""
        event.listen(session.sync_session, "after_commit", lambda _: self.forget(), once=True)


class Shared(Generic[T]):
    """Counters that every screen asks for again with each event: a key is read once at a time.

    An answer is kept for `WANGGE_COUNTER_CACHE_SECONDS`.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, T]] = {}
        self._reading: dict[Hashable, asyncio.Lock] = {}
        also(self)

    async def get(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """The answer for a key; whoever asks while it is being read waits for that."""
        async with self._reading.setdefault(key, asyncio.Lock()):
            kept = self._kept.get(key)
            if kept is not None and kept[0] > time.monotonic():
                return kept[1]
            until = time.monotonic() + settings().counter_cache_seconds
            found = await read()
            if len(self._kept) >= MOST_KEYS:
                self.forget()
            self._kept[key] = until, found
            return found

    def forget(self) -> None:
        """Read every key again next time."""
        self._kept.clear()
        self._reading.clear()


def also(kept: Forgetful) -> None:
    """Let something else that is kept be forgotten with the rest."""
    _ALL.append(kept)


def forget_all() -> None:
    """Forget everything that is kept (tests, where one database holds many worlds)."""
    for kept in _ALL:
        kept.forget()
