"""HTTP of moving open cases into redrawn cells."""

from typing import Annotated

from fastapi import APIRouter

from app.auth import Actor, may
from app.incidents import reassign
from app.permissions import Permission
from app.schemas import Out

router = APIRouter(prefix="/api/v1", tags=["grids"])


class Reassigned(Out):
    """How many open cases have changed their cell."""

    moved: int


@router.post("/grids/reassignments")
async def reassign_incidents(
    actor: Annotated[Actor, may(Permission.GRID_IMPORT)],
) -> Reassigned:
    """Move open cases into the cells as they are now; each that moves gets a fact."""
    return Reassigned(moved=await reassign.reassign(actor.id))
