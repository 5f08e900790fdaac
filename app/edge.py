"""What surrounds every request: its id, the limit of its body, one log line, its metrics."""

import re
import time
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from app.config import settings
from app.problems import AppError, TooLarge, answer
from app.words import language

log = structlog.get_logger("http")
REQUESTS = Counter("wangge_http_requests_total", "Requests", ["method", "route", "status"])
SECONDS = Histogram(
    "wangge_http_request_seconds",
    "Time until the answer has left",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 3, 10),
)
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
STREAM = b"text/event-stream; charset=utf-8"
_GIVEN_ID = re.compile(rb"[\x21-\x7e]{1,64}")


BATCHES = frozenset(
    {
        "/api/v1/incidents/batch",
        "/api/v1/catalog/editions/import",
        "/api/v1/ownership/import",
    }
)
"""Addresses that take many things in one body."""


def body_limit(path: str) -> int:
    """The most bytes that a body may have, by path."""
    config = settings()
    if path.startswith("/api/v1/grids/imports"):
        return config.max_import_bytes
    if path in BATCHES:
        return config.max_batch_body_bytes
    if path.startswith("/api/v1/incidents/") and path.endswith("/media"):
        return config.max_upload_bytes
    return config.max_body_bytes


class Edge:
    """Plain ASGI, because it runs for every request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given if _GIVEN_ID.fullmatch(given) else str(uuid7()).encode()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id.decode())
        started = time.perf_counter()
        seen: dict[str, Any] = {"status": 500, "stream": False}

        async def tagged_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                seen["stream"] = (b"content-type", STREAM) in message["headers"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id)]
            await send(message)

        try:
            await self._limited(scope, receive, tagged_send, headers.get(b"content-length"))
        finally:
            _observe(scope, seen["status"], time.perf_counter() - started, seen["stream"])

    async def _limited(
        self, scope: Scope, receive: Receive, send: Send, announced: bytes | None
    ) -> None:
        limit = body_limit(scope["path"])
        if announced is not None and announced.isdigit() and int(announced) > limit:
            await _refuse(TooLarge(limit_bytes=limit), scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLarge(limit_bytes=limit)
            return message

        await self.app(scope, receive if announced is not None else counted, send)


async def _refuse(error: AppError, scope: Scope, receive: Receive, send: Send) -> None:
    lang = language(Request(scope).headers)
    await answer(error, lang, {"Connection": "close"})(scope, receive, send)


def _observe(scope: Scope, status: int, seconds: float, stream: bool) -> None:
    """Count and log; how long a stream was open says nothing about how quick we are."""
    route: Any = scope.get("route")
    path = getattr(route, "path", "unknown")
    method = scope["method"]
    REQUESTS.labels(method, path, status).inc()
    if not stream:
        SECONDS.labels(method, path).observe(seconds)
    if scope["path"] not in QUIET:
        log.info(
            "stream ended" if stream else "request",
            method=method,
            path=scope["path"],
            status=status,
            ms=round(seconds * 1000, 2),
        )
