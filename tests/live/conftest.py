"""A real server in the test's own loop, on a copy of the database where everything commits."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from app import db
from app.config import settings
from app.incidents import jobs
from tests.centre import Centre, a_centre
from tests.clients import Client
from tests.committed.conftest import copy, pools, serve

__all__ = ["copy", "pools", "serve"]


@pytest.fixture
async def address(copy: str, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Where the server listens; the application's pools are those of the server."""
    monkeypatch.setenv("DATABASE_URL", copy)
    settings.cache_clear()
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def centre(address: str) -> AsyncIterator[Centre]:
    """A committed centre behind the server, with a worker's tail of the log."""
    async with httpx.AsyncClient(base_url=address, timeout=30) as http:
        async with db.transaction() as session:
            made = await a_centre(Client(http), session)
        stop = asyncio.Event()
        tailing = asyncio.create_task(jobs.tail(stop))
        yield made
        stop.set()
        await tailing
