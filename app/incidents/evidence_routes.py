"""HTTP of evidence files."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Response
from fastapi.responses import StreamingResponse

from app.auth import Actor, may
from app.db import Session, new_id
from app.incidents import evidence
from app.media import store
from app.media.errors import (
    FileLost,
    MediaIdReused,
    MediaTooLarge,
    StoreUnavailable,
    TooManyPixels,
    UnreadableMedia,
    UnsupportedMedia,
    VariantFailed,
    VariantPending,
)
from app.media.schemas import MediaList, Upload, Variant
from app.media.service import NewFile
from app.permissions import Permission
from app.problems import Forbidden, NotFound, TooLarge, raises
from app.replies import IfNoneMatch

router = APIRouter(prefix="/api/v1", tags=["incidents"])
Reader = Annotated[Actor, may(Permission.INCIDENT_READ)]
REFUSED = (UnsupportedMedia, UnreadableMedia, MediaTooLarge, TooManyPixels, MediaIdReused, TooLarge)
FOREVER = "private, max-age=31536000, immutable"


@router.post(
    "/incidents/{incident_id}/media",
    status_code=201,
    responses=raises(NotFound, StoreUnavailable, *REFUSED),
)
async def add_media(
    incident_id: UUID,
    form: Annotated[Upload, Form(media_type="multipart/form-data")],
    session: Session,
    actor: Annotated[Actor, may(Permission.INCIDENT_ADD_EVIDENCE)],
    response: Response,
) -> MediaList:
    """Add photos, videos, recordings or documents: all of them or, if one is refused, none."""
    given = form.ids or [new_id() for _ in form.files]
    files = [
        NewFile(file_id, file.filename or "upload", file.file)
        for file_id, file in zip(given, form.files, strict=True)
    ]
    items, replayed = await evidence.add(session, actor, incident_id, form.stage, files)
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return MediaList(items=items)


@router.get("/incidents/{incident_id}/media", responses=raises(NotFound))
async def list_media(incident_id: UUID, actor: Reader) -> MediaList:
    """All files of a case by stage, then by the time when they were taken."""
    return MediaList(items=await evidence.list_(actor, incident_id))


@router.get(
    "/incidents/{incident_id}/media/{media_id}/{variant}",
    response_class=StreamingResponse,
    responses={
        **raises(Forbidden, NotFound, VariantPending, VariantFailed, StoreUnavailable, FileLost),
        200: {"description": "The bytes", "content": {"image/webp": {}, "*/*": {}}},
        304: {"description": "You have it"},
    },
)
async def get_media_file(
    incident_id: UUID,
    media_id: UUID,
    variant: Variant,
    actor: Reader,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A file's bytes, which never change. `preview` (1600 px) and `thumbnail` (320 px) are WebP.

    A photo as it came tells more than its picture: `original` needs `incident:decide`. Other
    kinds have only their original, and whoever sees the case may have it.
    """
    served = await evidence.get(actor, incident_id, media_id, variant)
    tag = f'"{media_id}-{variant}"'
    headers = {"ETag": tag, "Cache-Control": FOREVER}
    if tag in (if_none_match or ""):
        return Response(status_code=304, headers=headers)
    size, content = await store.stream(served.key)
    headers |= {
        "Content-Length": str(size),
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(served.file_name)}",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(content, headers=headers, media_type=served.content_type)
