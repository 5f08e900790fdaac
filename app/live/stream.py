"""One stream of server-sent events: where it begins, what it catches up, when it ends."""

import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Send

from app.auth import Actor, actor_of, ends_at
from app.config import settings
from app.live import news
from app.live.hub import Hub, Subscriber
from app.live.news import Place
from app.permissions import Permission
from app.problems import Unauthenticated

log = structlog.get_logger("live")
HEARTBEAT_SECONDS = 15.0
MOST_MISSED = 5_000
"""Facts that a returning reader may be behind; beyond them it begins afresh."""


class EventStream(StreamingResponse):
    """An answer without end; who goes away is forgotten at once."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterator[bytes]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(content, headers=headers)

    async def stream_response(self, send: Send) -> None:
        """Send until the content ends or the client goes."""
        async with aclosing(self.body_iterator):  # type: ignore[type-var]
            await super().stream_response(send)


async def events(hub: Hub, token: str, actor: Actor, last: Place | None) -> AsyncIterator[bytes]:
    """What a reader gets that has received everything up to `last`; without it, what is new."""
    async with hub.joined(actor) as one:
        try:
            begun = hub.place
            if last is None or not await news.within_reach(last, MOST_MISSED):
                yield news.frame("ready" if last is None else "reset", begun, "{}")
                last = begun
            while last < begun:
                last, missed = await _missed(actor, last)
                yield missed
            async for piece in _onward(hub, one, token, last):
                yield piece
        except Exception:
            log.warning("a stream ends, and its reader comes back", exc_info=True)


async def _missed(actor: Actor, last: Place) -> tuple[Place, bytes]:
    """The next page of what a reader missed, and where it ends."""
    rows = await news.behind(last, actor)
    seen = (row for row in rows if row["body"] is not None)
    pieces = (news.frame("fact", news.place_of(row), row["body"]) for row in seen)
    return news.place_of(rows[-1]), b"".join(pieces) or _beat(news.place_of(rows[-1]))


async def _onward(hub: Hub, one: Subscriber, token: str, last: Place) -> AsyncIterator[bytes]:
    """Events as they come, until the token, the rights or the process end."""
    every, expires = max(settings().actor_cache_seconds, 1.0), ends_at(token)
    look, beat = time.time() + every, time.time() + HEARTBEAT_SECONDS
    while True:
        await one.wait(min(look, beat, expires) - time.time())
        now = time.time()
        if now >= look:
            await _look_again(one, token)
            look = now + every
        if one.ended or now >= expires:
            return
        if taken := one.take(last):
            yield taken
        elif now >= beat:
            yield _beat(max(last, hub.place))
            beat = now + HEARTBEAT_SECONDS


async def _look_again(one: Subscriber, token: str) -> None:
    """Who this is and what they see, now; whoever may no longer read is sent nothing more."""
    try:
        one.actor = await actor_of(token)
    except Unauthenticated:
        one.end()
    else:
        if not one.actor.may(Permission.FACT_READ):
            one.end()


def _beat(place: Place) -> bytes:
    """A sign of life; its id moves a reader on past what it does not see."""
    return news.frame("alive", place, "{}")
