"""Tiles kept in memory: the longest unused go first, and each is built once at a time."""

import asyncio
import gzip
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from math import inf
from typing import NamedTuple
from weakref import WeakValueDictionary

from app import remembered


class Tile(NamedTuple):
    """What was drawn, compressed, and the version of what it was drawn from."""

    version: str
    body: bytes


Build = Callable[[], Awaitable[tuple[str, bytes]]]
"""Gives version and body."""


class Kept:
    """Tiles by key, at most so many bytes of them, for at most so long."""

    def __init__(self, most_bytes: int, seconds: float = inf) -> None:
        self._most, self._seconds, self._size = most_bytes, seconds, 0
        self._kept: OrderedDict[str, tuple[float, Tile]] = OrderedDict()
        self._building: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        remembered.also(self)

    async def get(self, key: str, version: str, build: Build) -> Tile:
        """The tile of a version; who asks first builds it (as it is now), others wait for that."""
        found = self._find(key, version)
        if found is None:
            lock = self._building.setdefault(key, asyncio.Lock())
            async with lock:
                found = self._find(key, version)
                if found is None:
                    built, body = await build()
                    found = Tile(built, await asyncio.to_thread(gzip.compress, body, 4, mtime=0))
                    self._keep(key, found)
        return found

    def forget(self) -> None:
        """Build everything again."""
        self._kept.clear()
        self._size = 0

    def _find(self, key: str, version: str) -> Tile | None:
        until, tile = self._kept.get(key, (0.0, None))
        if tile is None or until <= time.monotonic() or tile.version != version:
            return None
        self._kept.move_to_end(key)
        return tile

    def _keep(self, key: str, tile: Tile) -> None:
        _, old = self._kept.pop(key, (0.0, None))
        self._size += len(tile.body) - (len(old.body) if old else 0)
        self._kept[key] = time.monotonic() + self._seconds, tile
        while self._size > self._most:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._size -= len(dropped.body)
