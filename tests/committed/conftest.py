"""What savepoints cannot show: a copy of the migrated database, real commits, real servers."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from app import db
from app.config import ROOT, settings
from tests.conftest import SERVER, sql

Server = Callable[[], tuple[subprocess.Popen[bytes], str]]


@pytest.fixture
async def copy(database: str) -> AsyncIterator[str]:
    """The address of a fresh copy of this worker's database; dropped afterwards."""
    name = f"wangge_copy_{uuid4().hex[:12]}"
    template = database.rsplit("/", 1)[1]
    await sql(SERVER, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield SERVER.rsplit("/", 1)[0] + "/" + name
    await sql(SERVER, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def pools(copy: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The application's own pools on the copy: everything commits for real."""
    monkeypatch.setenv("DATABASE_URL", copy)
    settings.cache_clear()
    db.start()
    yield copy
    await db.stop()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def serve(copy: str, tmp_path: Path) -> Iterator[Server]:
    """Starts `wangge serve` on the copy; every process is ended at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> tuple[subprocess.Popen[bytes], str]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with (tmp_path / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": copy},
                stdout=log,
                stderr=log,
            )
        started.append(process)
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(address, tmp_path / "server.log")
        return process, address

    yield start
    for process in started:
        process.kill()
        process.wait()


def _wait_until_ready(address: str, log: Path) -> None:
    for _ in range(200):
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"server did not become ready:\n{log.read_text()[-3000:]}")
