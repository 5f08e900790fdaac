"""The application as it is served: `wangge serve` in a process of its own, on this machine only."""

import asyncio
import os
import re
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app import terminal
from app.bench import load

STARTS_WITHIN = 30.0
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Web:
    """A running web process."""

    port: int
    pid: int

    def peak_mb(self) -> float | None:
        """The most memory that it ever held, where the system tells."""
        status = Path(f"/proc/{self.pid}/status")
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
        return int(found[1]) / 1024 if found else None


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((load.HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def served(url: str, **settings: str) -> AsyncIterator[Web]:
    """One web process against a database, until the end of the block."""
    port = free_port()
    log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from app.cli import main; main()", "serve", "--port", str(port),
        env={**os.environ, "DATABASE_URL": url, **settings}, stderr=log,
    )  # fmt: skip
    try:
        await _answers(process, port, log)
        yield Web(port, process.pid)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()


async def _answers(process: asyncio.subprocess.Process, port: int, log: IO[bytes]) -> None:
    deadline = asyncio.get_running_loop().time() + STARTS_WITHIN
    while process.returncode is None and asyncio.get_running_loop().time() < deadline:
        try:
            await load.ask(port, lambda: HEALTH, connections=1, most=1)
            return
        except OSError:
            await asyncio.sleep(0.1)
    log.seek(0)
    terminal.say(log.read()[-4000:].decode(errors="replace"), plain=True)
    terminal.fail("the web process did not start; its last messages are above")
