"""Real servers on 127.0.0.1 that a notice can go to: one for e-mail, one for webhooks."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import orjson
from aiosmtpd.smtp import SMTP, Envelope


@dataclass
class Mailbox:
    """What an SMTP server took; `answers` are the next answers to DATA, then it takes all."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, *given: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        envelope: Envelope = given[-1]
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


@asynccontextmanager
async def mail_server() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop, hostname="t"), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box


@dataclass
class Post:
    """One request that the web server got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found


@dataclass
class Hooks:
    """What a web server got; `statuses` are its next answers, then 204."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.posts.append(Post(head[0].split()[1], headers, body))
        status = self.statuses.pop(0) if self.statuses else 204
        elsewhere = f"Location: http://127.0.0.1:{self.port}/elsewhere\r\n"
        writer.write(f"HTTP/1.1 {status} So\r\n{elsewhere}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def web_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[Hooks]:
    hooks = Hooks()
    server = await asyncio.start_server(hooks.serve, "127.0.0.1", 0, ssl=tls)
    hooks.port = server.sockets[0].getsockname()[1]
    async with server:
        yield hooks
