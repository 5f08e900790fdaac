"""HTTP of callers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Actor, may
from app.db import Session
from app.incidents import callers
from app.incidents.callers import CallerIn, CallerOut
from app.permissions import Permission
from app.problems import NotFound, raises

router = APIRouter(prefix="/api/v1", tags=["incidents"])


@router.get("/incidents/{incident_id}/caller", responses=raises(NotFound))
async def get_incident_caller(
    incident_id: UUID,
    session: Session,
    actor: Annotated[Actor, may(Permission.INCIDENT_READ)],
    response: Response,
) -> CallerOut:
    """Who called, for whoever may call back; a confidential caller for those who take calls."""
    response.headers["Cache-Control"] = "no-store"
    return await callers.of_case(session, actor, incident_id)


@router.put("/incidents/{incident_id}/caller", responses=raises(NotFound))
async def set_incident_caller(
    incident_id: UUID,
    data: CallerIn,
    session: Session,
    actor: Annotated[Actor, may(Permission.CALLER_MANAGE)],
) -> CallerOut:
    """Put who called on record, or correct it."""
    return await callers.record(session, actor, incident_id, data)
