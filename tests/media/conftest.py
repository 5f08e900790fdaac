"""A store of its own for every test; a case that somebody has reported."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import obstore
import pytest
from obstore.store import S3Store
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.people.models import Account
from tests.clients import Client
from tests.factories import a_cell, a_report, an_account

KEYS = {"access_key_id": "wangge", "secret_access_key": "only-for-tests"}
BUCKET = "evidence"
WEED = Path(sys.executable).parent / "weed"


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Change settings for one test."""

    def change(**names: Any) -> None:
        for name, value in names.items():
            monkeypatch.setenv(f"WANGGE_{name.upper()}", str(value))
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, configure: Callable[..., None]) -> Path:
    """The local store of one test."""
    place = tmp_path / "media"
    configure(media_url=place.as_uri())
    return place


@pytest.fixture
async def dispatcher(session: AsyncSession) -> Account:
    """Adds evidence anywhere and may see photos as they came."""
    return await an_account(session, "dispatcher")


@pytest.fixture
async def case(client: Client, session: AsyncSession) -> str:
    """The id of a case in the middle of the first square."""
    await a_cell(session)
    reporter = await an_account(session, "steward", username="reporter")
    return str((await client.as_(reporter).post("/api/v1/incidents", a_report())).json()["id"])


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Settings for a real S3 server with an empty bucket; stopped at the end."""
    folder = tmp_path_factory.mktemp("s3")
    identity = {
        "name": "wangge",
        "credentials": [
            {"accessKey": KEYS["access_key_id"], "secretKey": KEYS["secret_access_key"]}
        ],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    (folder / "keys.json").write_text(json.dumps({"identities": [identity]}))
    ports = {name: _free_port() for name in ("master.port", "volume.port", "filer.port", "s3.port")}
    command = [str(WEED), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3"]
    command += [f"-{name}={port}" for name, port in ports.items()]
    command += [f"-s3.config={folder / 'keys.json'}", "-master.volumeSizeLimitMB=64"]
    command += ["-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    with (folder / "weed.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
    try:
        endpoint = f"http://127.0.0.1:{ports['s3.port']}"
        _wait_for_bucket(endpoint, folder / "weed.log")
        yield {
            "media_url": f"s3://{BUCKET}/city",
            "media_s3_endpoint": endpoint,
            "media_s3_access_key": KEYS["access_key_id"],
            "media_s3_secret_key": KEYS["secret_access_key"],
        }
    finally:
        server.kill()  # it would take its time to say good-bye to itself
        server.wait()


def _free_port() -> int:
    """Below 55535: SeaweedFS listens for gRPC 10000 ports higher."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < 55_000:
            return port


def _wait_for_bucket(endpoint: str, log: Path) -> None:
    """Make the bucket as soon as the server takes it, and write one object."""
    store = S3Store(
        BUCKET,
        endpoint=endpoint,
        region="us-east-1",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
        virtual_hosted_style_request=False,
        **KEYS,
    )
    for _ in range(150):
        try:
            httpx.put(f"{endpoint}/{BUCKET}")
            obstore.put(store, "probe", b"x")
        except (httpx.TransportError, obstore.exceptions.BaseError, OSError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"no S3 server:\n{log.read_text()[-3000:]}")
