"""HTTP of areas, cells and their imports."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from app.auth import Actor, may
from app.db import Session
from app.grids import geojson, listing, queries, service
from app.grids.errors import (
    MissingCrs,
    NoSuchPlace,
    UnknownField,
    UnknownLayer,
    UnreadableFile,
    UnsupportedFile,
    WrongCrs,
)
from app.grids.models import GridImport
from app.grids.schemas import (
    AreaFilter,
    AreaOut,
    AreaPage,
    At,
    AtOut,
    CellFilter,
    CellOut,
    CellPage,
    CellVersions,
    ImportForm,
    ImportOptions,
    ImportOut,
    ImportPage,
    ImportSummary,
)
from app.pages import After, Limit
from app.permissions import Permission
from app.problems import NotFound, TooLarge, raises
from app.replies import json_reply

router = APIRouter(prefix="/api/v1", tags=["grids"])
Reader = Annotated[Actor, may(Permission.GRID_READ)]
Importer = Annotated[Actor, may(Permission.GRID_IMPORT)]
UNREADABLE = (
    UnsupportedFile,
    UnreadableFile,
    UnknownField,
    UnknownLayer,
    MissingCrs,
    WrongCrs,
    TooLarge,
)


@router.post(
    "/grids/imports",
    status_code=202,
    response_model=ImportSummary,
    responses=raises(*UNREADABLE),
)
async def import_grids(
    form: Annotated[ImportForm, Form()], session: Session, actor: Importer, response: Response
) -> GridImport:
    """Import areas or cells; the file is read and judged in the background."""
    options = ImportOptions.model_validate(form.model_dump(exclude={"file"}))
    name, content = form.file.filename or "upload", await form.file.read()
    queued = await service.submit(session, actor, name, content, options)
    response.headers["Location"] = f"/api/v1/grids/imports/{queued.id}"
    return queued


@router.get("/grids/imports", response_model=ImportPage)
async def list_grid_imports(
    session: Session, actor: Importer, after: After = None, limit: Limit = 50
) -> Any:
    """Imports, newest first."""
    items, following = await queries.list_imports(session, after, limit)
    return {"items": items, "next": following}


@router.get("/grids/imports/{import_id}", response_model=ImportOut, responses=raises(NotFound))
async def get_grid_import(import_id: UUID, session: Session, actor: Importer) -> GridImport:
    """One import: how far it is, and its report once it has ended."""
    return await queries.get_import(session, import_id)


@router.get("/cells/at", response_model=AtOut, responses=raises(NoSuchPlace))
async def find_cell_at(where: Annotated[At, Query()], actor: Reader) -> Response:
    """Which cell holds a place, with its areas, steward and responsible units."""
    return json_reply(await queries.at(where))


@router.get("/cells", response_model=CellPage, responses=geojson.OFFERED)
async def list_cells(
    request: Request,
    actor: Reader,
    filters: Annotated[CellFilter, Query()],
    wanted: geojson.Wanted,
) -> Response:
    """Current cells in the order of their codes, a page at a time."""
    return geojson.page(request, await listing.cells(filters, geojson=wanted), wanted)


@router.get(
    "/cells/{code:path}/versions",
    response_model=CellVersions,
    responses={**raises(NotFound), **geojson.OFFERED},
)
async def list_cell_versions(code: str, actor: Reader, wanted: geojson.Wanted) -> Response:
    """All cells that have had this code, oldest first."""
    return geojson.many(await queries.list_versions(code, geojson=wanted), wanted)


@router.get(
    "/cells/{code:path}",
    response_model=CellOut,
    responses={**raises(NotFound), **geojson.OFFERED},
)
async def get_cell(code: str, actor: Reader, wanted: geojson.Wanted) -> Response:
    """The current cell with this code."""
    return geojson.one(await queries.get_cell(code, geojson=wanted), wanted)


@router.get("/areas", response_model=AreaPage, responses=geojson.OFFERED)
async def list_areas(
    request: Request,
    actor: Reader,
    filters: Annotated[AreaFilter, Query()],
    wanted: geojson.Wanted,
) -> Response:
    """Current districts, subdistricts and communities in the order of their codes."""
    return geojson.page(request, await listing.areas(filters, geojson=wanted), wanted)


@router.get(
    "/areas/{code:path}",
    response_model=AreaOut,
    responses={**raises(NotFound), **geojson.OFFERED},
)
async def get_area(code: str, actor: Reader, wanted: geojson.Wanted) -> Response:
    """The current area with this code."""
    return geojson.one(await queries.get_area(code, geojson=wanted), wanted)
