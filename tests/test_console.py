"""The console's pages and what they know before anybody has signed in."""

import gzip
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app import console
from app.config import Settings, settings
from app.main import create_app
from tests.clients import Client
from tests.factories import an_area

WORD = b"console " * 500
SECRET = "a" * 32


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application with a small build of the console."""
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_text("<title>网格</title>")
    (assets / "main-1.js").write_bytes(WORD)
    (assets / "main-1.js.gz").write_bytes(gzip.compress(WORD))
    (assets / "icon.svg").write_text("<svg/>")
    monkeypatch.setattr(console, "DIST", tmp_path)
    return create_app()


async def fetch(app: FastAPI, path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.get(path, headers=headers)


@pytest.mark.parametrize("path", ["/", "/login", "/queues", "/queues/file", "/cases/1", "/admin/x"])
async def test_every_page_is_the_console(built: FastAPI, path: str) -> None:
    answer = await fetch(built, path)
    assert (answer.status_code, answer.text) == (200, "<title>网格</title>")
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_an_unknown_address_of_the_api_is_no_page(built: FastAPI) -> None:
    answer = await fetch(built, "/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_without_a_build_the_pages_of_the_api_stand_in(
    built: FastAPI, tmp_path: Path
) -> None:
    (tmp_path / "index.html").unlink()
    answer = await fetch(built, "/queues")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


@pytest.mark.parametrize(("accepts", "packed"), [("gzip, br", True), ("identity", False)])
async def test_built_files_are_packed_for_whoever_takes_that(
    built: FastAPI, accepts: str, packed: bool
) -> None:
    answer = await fetch(built, "/assets/main-1.js", **{"accept-encoding": accepts})
    assert answer.content == WORD
    assert answer.headers["content-type"].startswith("text/javascript")
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_a_file_that_is_not_there_is_not_kept(built: FastAPI) -> None:
    answer = await fetch(built, "/assets/main-2.js")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_the_console_knows_the_city_before_anybody_signs_in(
    client: Client, session: AsyncSession
) -> None:
    told = (await client.get("/api/v1/console")).json()
    assert told["bounds"] is None
    assert told["basemap"]["kind"] == "none"
    await an_area(session)
    await session.commit()
    console.bounds.forget()
    west, south, east, north = (await client.get("/api/v1/console")).json()["bounds"]
    assert west < east
    assert south < north


async def test_only_the_chosen_base_map_may_be_asked(
    built: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "https://" not in (await fetch(built, "/")).headers["content-security-policy"]
    monkeypatch.setenv("WANGGE_BASEMAP_KIND", "xyz")
    monkeypatch.setenv("WANGGE_BASEMAP_URL", "https://{s}.tiles.example/{z}/{x}/{y}.png?tk=1")
    settings.cache_clear()
    policy = (await fetch(built, "/")).headers["content-security-policy"]
    assert "connect-src 'self' https://*.tiles.example;" in policy
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("url", ["", "tiles.example/{z}", "ftp://tiles.example/"])
def test_a_base_map_needs_its_address(url: str) -> None:
    with pytest.raises(ValueError, match="WANGGE_BASEMAP_URL"):
        Settings(
            database_url="postgresql://x@127.0.0.1/x",
            secret_key=SECRET,
            basemap_kind="xyz",
            basemap_url=url,
        )
