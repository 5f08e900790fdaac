"""HTTP of exports."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from app.auth import Actor, may
from app.config import settings
from app.db import Session
from app.exports import dossier, queries, service
from app.exports.errors import ExportNotReady, FontMissing, TooManyExports
from app.exports.models import Format, State
from app.exports.schemas import ExportAsked, ExportList, ExportOut
from app.media import store
from app.media.errors import FileLost, StoreUnavailable
from app.permissions import Permission
from app.problems import NotFound, raises

router = APIRouter(prefix="/api/v1", tags=["exports"])
Reader = Annotated[Actor, may(Permission.INCIDENT_READ)]
TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.post("/exports", status_code=202, responses=raises(TooManyExports))
async def start_export(
    asked: ExportAsked, session: Session, actor: Reader, response: Response
) -> ExportOut:
    """Make a file of the cases that a list shows you, in its order; a worker begins at once."""
    row = await service.submit(session, actor, asked)
    response.headers["Location"] = f"/api/v1/exports/{row.id}"
    return ExportOut.of(row)


@router.get("/exports")
async def list_exports(session: Session, actor: Reader) -> ExportList:
    """Your exports of the last days, newest first."""
    rows = await queries.list_exports(session, actor)
    return ExportList(items=[ExportOut.of(row) for row in rows])


@router.get("/exports/{export_id}", responses=raises(NotFound))
async def get_export(export_id: UUID, session: Session, actor: Reader) -> ExportOut:
    """One of your exports, and how far it is."""
    return ExportOut.of(await queries.get(session, actor, export_id))


@router.get(
    "/exports/{export_id}/file",
    response_class=StreamingResponse,
    responses={
        **raises(NotFound, ExportNotReady, StoreUnavailable, FileLost),
        200: {"description": "The file", "content": {kind: {} for kind in TYPES.values()}},
    },
)
async def get_export_file(export_id: UUID, session: Session, actor: Reader) -> Response:
    """The file of one of your exports, once it is done."""
    row = await queries.get(session, actor, export_id)
    if row.status != State.DONE:
        raise ExportNotReady(state=row.status)
    size, content = await store.stream(row.key)
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{_name(row.created_at, row.format)}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(content, headers=headers, media_type=TYPES[Format(row.format)])


@router.get(
    "/incidents/{incident_id}/print.pdf",
    response_class=Response,
    responses={
        **raises(NotFound, FontMissing),
        200: {"description": "The dossier", "content": {"application/pdf": {}}},
    },
)
async def print_incident(incident_id: UUID, session: Session, actor: Reader) -> Response:
    """The case as a dossier (案卷): fields, photos, clocks, steps, and lines to sign on."""
    number, content = await dossier.pdf(session, actor, incident_id)
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(f'案卷_{number}.pdf')}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, headers=headers, media_type="application/pdf")


def _name(at: datetime, extension: str) -> str:
    return quote(f"案件_{at.astimezone(settings().zone):%Y%m%d_%H%M%S}.{extension}")
