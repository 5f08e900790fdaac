"""The web process: routers, problem handlers, lifespan. Composition only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app import console, db, docs, health, logs, problems
from app.calendars.routes import router as calendar
from app.catalog.routes import router as catalog
from app.edge import Edge
from app.exports.routes import router as exports
from app.grids.routes import router as grids
from app.incidents.bulk_routes import router as bulk
from app.incidents.caller_routes import router as callers
from app.incidents.case_routes import router as cases
from app.incidents.evidence_routes import router as evidence
from app.incidents.move_routes import router as moves
from app.incidents.reassign_routes import router as reassignments
from app.incidents.routes import router as incidents
from app.live import hub
from app.live.routes import router as live
from app.notices.routes import router as notices
from app.ownership.routes import router as ownership
from app.people.routes import router as people
from app.schemas import Problem
from app.tallies.routes import router as tallies
from app.tiles.routes import router as tiles
from app.views.routes import router as views

VERSION = "0.1.0"
ROUTERS = (
    incidents,
    moves,
    bulk,
    cases,
    callers,
    evidence,
    grids,
    reassignments,
    people,
    ownership,
    notices,
    catalog,
    calendar,
    live,
    tiles,
    tallies,
    exports,
    views,
    console.router,
    console.pages,
    health.router,
    docs.router,
)


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    db.start()
    async with hub.running():
        yield
    await db.stop()


def create_app() -> FastAPI:
    """The application; `uvicorn app.main:create_app --factory` serves it."""
    logs.configure()
    app = FastAPI(
        title="Wangge 网格",
        version=VERSION,
        description="数字城管: grid cells, stewards, incidents and their life, step by step.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.add_middleware(Edge)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    docs.mount(app)
    console.mount(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with our problems in the place of its own validation error."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        parts = schema.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            parts.pop(unused, None)
        parts["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for path in schema["paths"].values():
            for operation in path.values():
                answers = operation["responses"]
                told = answers.get("422", {}).get("description", "")
                if told == "Validation Error" or "422" in answers:
                    described = "`invalid-request`" if told == "Validation Error" else told
                    answers["422"] = {"description": described, "content": content}
                answers["default"] = {"description": "Any other problem", "content": content}
        app.openapi_schema = schema
    return app.openapi_schema
