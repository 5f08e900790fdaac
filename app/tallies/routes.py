"""HTTP of the large screen."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth import Actor, may
from app.permissions import Permission
from app.problems import NotFound, raises
from app.replies import IfNoneMatch, tagged
from app.tallies import screen
from app.tallies.schemas import Screen, ScreenFilter

router = APIRouter(prefix="/api/v1", tags=["tallies"])


@router.get("/screen", response_model=Screen, responses=raises(NotFound))
async def get_screen(
    actor: Annotated[Actor, may(Permission.STATISTICS_READ)],
    which: Annotated[ScreenFilter, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """All numbers of the large screen, each with the list behind it; `ETag` while none changes."""
    return tagged(*await screen.show(actor, which), if_none_match)
