"""The API's own pages, served from this machine: no outside host is asked."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def show_docs() -> HTMLResponse:
    """Swagger UI."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Wangge 网格 API",
        swagger_js_url="/assets/swagger/swagger-ui-bundle.js",
        swagger_css_url="/assets/swagger/swagger-ui.css",
        swagger_favicon_url="/assets/swagger/favicon.png",
    )


def mount(app: FastAPI) -> None:
    """Serve Swagger UI's files from its package."""
    folder = Path(str(files("fastapi_offline"))) / "static"
    app.mount("/assets/swagger", StaticFiles(directory=folder), name="swagger")
