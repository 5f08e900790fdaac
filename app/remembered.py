"""What every report needs and nobody changes often: read once, kept for seconds in each process."""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings

T = TypeVar("T")
_ALL: "list[Remembered[object]]" = []


class Remembered(Generic[T]):
    """A value that is read again after `WANGGE_REFERENCE_CACHE_SECONDS`.

    A change reaches the process that made it at once and the others within those seconds.
    """

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read = read
        self._kept: tuple[float, T] | None = None
        self._forgotten = 0
        _ALL.append(self)  # type: ignore[arg-type]

    async def get(self) -> T:
        """The value, at most those seconds old."""
        if self._kept is None or self._kept[0] <= time.monotonic():
            before = self._forgotten
            found = await self._read()
            if before != self._forgotten:
                return found
            self._kept = time.monotonic() + settings().reference_cache_seconds, found
        return self._kept[1]

    def forget(self) -> None:
        """Read it again next time."""
        self._kept = None
        self._forgotten += 1

    def forget_with(self, session: AsyncSession) -> None:
        """Read it again as soon as the session's change is there to be read."""
        event.listen(session.sync_session, "after_commit", lambda _: self.forget(), once=True)


def forget_all() -> None:
    """Forget everything that is kept (tests, where one database holds many worlds)."""
    for kept in _ALL:
        kept.forget()
