"""HTTP of saved views: everybody's own, nobody else's."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from app.auth import Actor, current_person
from app.db import Session
from app.problems import NotFound, raises
from app.views import service
from app.views.errors import TooManyViews
from app.views.models import SavedView
from app.views.schemas import View, ViewList, ViewName, ViewOut

router = APIRouter(prefix="/api/v1/me/views", tags=["views"])
Person = Annotated[Actor, Depends(current_person)]


@router.get("", response_model=ViewList)
async def list_my_views(session: Session, actor: Person) -> Any:
    """Your saved views, in your order."""
    return {"items": await service.list_views(session, actor)}


@router.get("/{name}", response_model=ViewOut, responses=raises(NotFound))
async def get_my_view(name: ViewName, session: Session, actor: Person) -> SavedView:
    """One of them."""
    return await service.get(session, actor, name)


@router.put("/{name}", response_model=ViewOut, responses=raises(TooManyViews))
async def save_my_view(name: ViewName, view: View, session: Session, actor: Person) -> SavedView:
    """Keep a view under a name, in the place of the one that had it."""
    return await service.save(session, actor, name, view)


@router.delete("/{name}", status_code=204, responses=raises(NotFound))
async def delete_my_view(name: ViewName, session: Session, actor: Person) -> None:
    """Forget a view."""
    await service.remove(session, actor, name)
