"""HTTP of the catalogue."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.auth import Actor, may
from app.catalog import queries
from app.catalog.schemas import CategoryList
from app.db import Session
from app.permissions import Permission
from app.schemas import Line

router = APIRouter(prefix="/api/v1", tags=["catalog"])


@router.get("/categories", response_model=CategoryList)
async def list_categories(
    session: Session,
    actor: Annotated[Actor, may(Permission.CATALOG_READ)],
    q: Annotated[Line | None, Query(description="Beginning of a code, or a part of a name")] = None,
) -> Any:
    """All active classes, in code order."""
    return {"items": await queries.list_(session, q)}
