"""Counts what the application sends to PostgreSQL, as it passes by on the wire.

Every executed statement is one Execute or Query message of PostgreSQL's protocol, every wait for
the database ends with a Sync or a Query: nothing is estimated, BEGIN and COMMIT count too.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.bench.load import HOST
from app.bench.scratch import Server

_SSL_REQUEST, _GSS_REQUEST = 80877103, 80877104
_CHUNK = 65536


@dataclass(slots=True)
class Wire:
    """A door to PostgreSQL that counts."""

    server: Server
    port: int = 0
    statements: int = 0
    round_trips: int = 0

    def reset(self) -> None:
        """Start counting anew."""
        self.statements = self.round_trips = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways, until either side ends it."""
        try:
            below, above = await self._connect()
        except OSError:
            writer.close()
            return
        try:
            await asyncio.gather(self._up(reader, writer, above), _pump(below, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            above.close()
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self.server.host, self.server.port
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _up(
        self,
        reader: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        above: asyncio.StreamWriter,
    ) -> None:
        """From the application: the start without a type byte, then typed messages."""
        while True:
            head = await reader.readexactly(8)
            if int.from_bytes(head[4:]) not in (_SSL_REQUEST, _GSS_REQUEST):
                break
            back.write(b"N")
        above.write(head + await reader.readexactly(int.from_bytes(head[:4]) - 8))
        while True:
            head = await reader.readexactly(5)
            self.statements += head[:1] in (b"E", b"Q")
            self.round_trips += head[:1] in (b"S", b"Q")
            above.write(head + await reader.readexactly(int.from_bytes(head[1:]) - 4))
            if head[:1] == b"X":
                above.close()
                return


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def counting(server: Server) -> AsyncIterator[Wire]:
    """A counting door on a port of this machine."""
    wire = Wire(server)
    door = await asyncio.start_server(wire.serve, HOST, 0)
    wire.port = door.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        door.close()
