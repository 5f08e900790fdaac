"""The web console: its built pages, and what they must know before anybody has signed in."""

from collections.abc import MutableMapping
from mimetypes import guess_type
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import Field
from starlette.staticfiles import StaticFiles

from app import db
from app.config import ROOT, Env, settings
from app.remembered import Remembered
from app.schemas import Out

DIST = ROOT / "web" / "dist"
PAGES = ("/", "/login", "/queues", "/cases", "/call", "/map", "/screen", "/admin")
"""Addresses of the console; what is below them is for its own router."""
A_YEAR = "public, max-age=31536000, immutable"

router = APIRouter(prefix="/api/v1", tags=["console"])
pages = APIRouter(include_in_schema=False)


class Basemap(Out):
    """What lies below the cells. `xyz` and `wmts` name tiles in WGS84 or CGCS2000 Web Mercator."""

    kind: Literal["none", "xyz", "pmtiles"]
    url: str
    attribution: str


class ConsoleOut(Out):
    """`bounds`: west, south, east, north of the city in degrees; null before grids are imported."""

    name: str
    demo: bool
    timezone: str
    basemap: Basemap
    bounds: Annotated[list[float], Field(min_length=4, max_length=4)] | None


async def _read_bounds() -> list[float] | None:
    rows = await db.hot(db.statement("grids/bounds.sql"))
    return list(rows[0].values()) if rows else None


bounds = Remembered(_read_bounds)


@router.get("/console")
async def get_console() -> ConsoleOut:
    """What the console must know before anybody has signed in."""
    config = settings()
    return ConsoleOut(
        name=config.city_name,
        demo=config.env is Env.DEMO,
        timezone=config.timezone,
        basemap=Basemap(
            kind=config.basemap_kind,
            url=config.basemap_url,
            attribution=config.basemap_attribution,
        ),
        bounds=await bounds.get(),
    )


def _policy() -> str:
    """No page asks an outside host, but for the tiles of the base map that the city has chosen."""
    tiles = settings().basemap_origin
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self' {tiles}".strip(),
            f"img-src 'self' data: blob: {tiles}".strip(),
            "style-src 'self' 'unsafe-inline'",  # Element Plus and MapLibre place things by style=
            "worker-src 'self' blob:",
            "frame-ancestors 'self'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


async def show_page() -> Response:
    """The console; without a build of it, the API's own pages."""
    index = DIST / "index.html"
    if not index.is_file():
        return RedirectResponse("/docs")
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    return FileResponse(index, headers=headers)


for page in PAGES:
    pages.add_api_route(page, show_page, methods=["GET"])
    if page != "/":
        pages.add_api_route(page + "/{rest:path}", show_page, methods=["GET"])


class Assets(StaticFiles):
    """Built files: their names change with their content, and a .gz lies beside the large ones."""

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """The file, packed where the browser takes that."""
        accepts = dict(scope["headers"]).get(b"accept-encoding", b"")
        packed = b"gzip" in accepts and (Path(str(self.directory)) / f"{path}.gz").is_file()
        response = await super().get_response(f"{path}.gz" if packed else path, scope)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Type"] = guess_type(path)[0] or "application/octet-stream"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = A_YEAR
        return response


def mount(app: FastAPI) -> None:
    """Serve what the build has made."""
    app.mount("/assets", Assets(directory=DIST / "assets", check_dir=False), name="assets")
