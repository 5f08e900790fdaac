"""HTTP of ownership."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from app.auth import Actor, may
from app.db import Session
from app.ownership import exchange, gaps, listing, service, tables
from app.ownership.errors import (
    BadRows,
    EndBeforeBeginning,
    HolderUnclear,
    PlaceUnclear,
    TooLongForExcel,
    UnreadableTable,
    UnusableArea,
)
from app.ownership.schemas import (
    CoverageFilter,
    CoverageOut,
    FindingOut,
    GapFilter,
    GapPage,
    ImportForm,
    ImportReport,
    NewOwner,
    OwnerChange,
    OwnerFilter,
    OwnerOut,
    OwnerPage,
    Question,
)
from app.people.errors import (
    PeriodReversed,
    UnknownAccount,
    UnknownMatter,
    UnknownPlace,
    UnknownUnit,
)
from app.permissions import Permission
from app.problems import NotFound, TooLarge, raises

router = APIRouter(prefix="/api/v1/ownership", tags=["ownership"])
Reader = Annotated[Actor, may(Permission.PEOPLE_READ)]
Manager = Annotated[Actor, may(Permission.PEOPLE_MANAGE)]


@router.post(
    "",
    status_code=201,
    responses=raises(
        HolderUnclear,
        PlaceUnclear,
        UnusableArea,
        UnknownUnit,
        UnknownAccount,
        UnknownPlace,
        UnknownMatter,
        PeriodReversed,
    ),
)
async def create_owner(
    data: NewOwner, session: Session, actor: Manager, response: Response
) -> OwnerOut:
    """Give a class of matters in a place to a unit, an account or a role, from–to."""
    post = await service.create_owner(session, data)
    response.headers["Location"] = f"/api/v1/ownership/{post.id}"
    return await listing.get_owner(session, actor, post.id)


@router.get("")
async def list_owners(
    session: Session, actor: Reader, filters: Annotated[OwnerFilter, Query()]
) -> OwnerPage:
    """Who owns what, by class, a page at a time: what is in effect unless asked."""
    return await listing.list_owners(session, actor, filters)


@router.get("/resolve", responses=raises(UnknownMatter))
async def resolve_owner(
    session: Session, actor: Reader, asked: Annotated[Question, Query()]
) -> FindingOut:
    """Whose a class is at a place, and why: the narrowest class wins, then the narrowest place.

    Places from narrow to wide: the cell, an area drawn by hand (the smaller first), the areas
    above the cell, the whole city. Different holders of one rank make the verdict `several`.
    """
    return await listing.resolve(session, actor, asked)


@router.get("/coverage")
async def get_coverage(
    session: Session, actor: Reader, asked: Annotated[CoverageFilter, Query()]
) -> CoverageOut:
    """Classes times cells that nobody owns, or several do: sums by class and area, worst first.

    A cell is judged at its centre.
    """
    return await gaps.coverage(session, asked)


@router.get("/coverage/gaps")
async def list_gaps(
    session: Session, actor: Reader, asked: Annotated[GapFilter, Query()]
) -> GapPage:
    """Single pairs of a cell and a class that nobody owns, or several do, a page at a time."""
    return await gaps.list_gaps(session, asked)


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {"content": {media: {} for media in tables.MEDIA_TYPES.values()}},
        **raises(TooLongForExcel),
    },
)
async def export_owners(
    session: Session,
    actor: Reader,
    form: Annotated[tables.Format, Query(alias="format")] = "csv",
) -> Response:
    """All that is owned now or will be, as a table that an import takes back."""
    content = await exchange.export(session, form)
    named = {"Content-Disposition": f'attachment; filename="ownership.{form}"'}
    return Response(content, media_type=tables.MEDIA_TYPES[form], headers=named)


@router.post("/import", responses=raises(UnreadableTable, BadRows, TooLarge))
async def import_owners(
    form: Annotated[ImportForm, Form()], session: Session, actor: Manager
) -> ImportReport:
    """Make what is owned equal to a table: what it lacks is ended. First a dry run tells how.

    Nothing is written while one row is wrong; the same table again changes nothing.
    """
    name, content = form.file.filename or "upload", await form.file.read()
    return await exchange.import_table(session, name, content, dry_run=form.dry_run)


@router.get("/{post_id}", responses=raises(NotFound))
async def get_owner(post_id: UUID, session: Session, actor: Reader) -> OwnerOut:
    """One ownership, in effect or not."""
    return await listing.get_owner(session, actor, post_id)


@router.patch(
    "/{post_id}",
    responses=raises(NotFound, EndBeforeBeginning, UnknownUnit, UnknownAccount),
)
async def change_owner(
    post_id: UUID, change: OwnerChange, session: Session, actor: Manager
) -> OwnerOut:
    """End or prolong an ownership; ended when it begins, it is withdrawn. None is deleted."""
    await service.change_owner(session, actor, post_id, change)
    return await listing.get_owner(session, actor, post_id)
