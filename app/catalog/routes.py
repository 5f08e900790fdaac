"""HTTP of classes, their conditions, questions, phrases and switches."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.auth import Actor, may
from app.catalog import queries, search, service
from app.catalog.content import ClassCode, RegionClass
from app.catalog.edition_routes import router as editions
from app.catalog.errors import NothingPublished
from app.catalog.schemas import (
    CategoryDetail,
    CategoryFilter,
    CategoryList,
    CategorySwitches,
    ConditionList,
    ConditionOut,
    PhraseFilter,
    PhraseList,
)
from app.db import Session
from app.permissions import Permission
from app.problems import NotFound, raises
from app.replies import json_reply

router = APIRouter(prefix="/api/v1", tags=["catalog"])
router.include_router(editions)
Reader = Annotated[Actor, may(Permission.CATALOG_READ)]
Editor = Annotated[Actor, may(Permission.CATALOG_EDIT)]


@router.get("/categories", response_model=CategoryList)
async def list_categories(actor: Reader, filters: Annotated[CategoryFilter, Query()]) -> Response:
    """Classes that can be reported, those that fit `q` best first."""
    return json_reply(await search.classes(filters))


@router.get(
    "/categories/{code}",
    response_model=CategoryDetail,
    responses=raises(NotFound, NothingPublished),
)
async def get_category(code: ClassCode, session: Session, actor: Reader) -> Any:
    """A class with its filing conditions, questions and stock phrases."""
    return await search.detail(session, code)


@router.get("/conditions/{condition_id}", responses=raises(NotFound))
async def get_condition(condition_id: UUID, session: Session, actor: Reader) -> ConditionOut:
    """A filing condition of any edition: what a case was filed under, word for word."""
    return ConditionOut.model_validate(await queries.get_condition(session, condition_id))


@router.get(
    "/categories/{code}/conditions",
    response_model=ConditionList,
    responses=raises(NotFound, NothingPublished),
)
async def list_conditions(
    code: ClassCode,
    session: Session,
    actor: Reader,
    region_class: Annotated[
        RegionClass | None, Query(description="A region's own rows replace general ones")
    ] = None,
) -> Any:
    """Filing conditions of a class as they hold in a region class."""
    await queries.get(session, code)
    items = await queries.conditions_of(session, code, region_class)
    return {"edition": await queries.get_published(session), "items": items}


@router.put("/categories/{code}/settings", responses=raises(NotFound))
async def set_category_settings(
    code: ClassCode, wanted: CategorySwitches, session: Session, actor: Editor
) -> CategorySwitches:
    """Switch a class on or off, or its automatic dispatch; editions to come leave it so."""
    await service.set_switches(session, code, wanted)
    return wanted


@router.get("/phrases", response_model=PhraseList)
async def list_phrases(
    session: Session, actor: Reader, filters: Annotated[PhraseFilter, Query()]
) -> Any:
    """Stock phrases of the published edition; those of the class come first."""
    return {"items": await queries.phrases_of(session, filters.step, filters.category)}
