"""HTTP of editions: drafts, their difference, publication, files."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Response

from app.auth import Actor, may
from app.catalog import diff, files, queries, service
from app.catalog.content import ClassRow, ConditionRow, PhraseRow, QuestionRow
from app.catalog.errors import (
    BadCatalogFile,
    BigNameDiffers,
    CodeMismatch,
    EditionEmpty,
    EditionOutdated,
    NotADraft,
    NothingPublished,
    UnknownClass,
    UnsupportedCatalogFile,
)
from app.catalog.models import Edition
from app.catalog.parts import CLASSES, CONDITIONS, PHRASES, QUESTIONS
from app.catalog.schemas import (
    DiffOut,
    EditionDetail,
    EditionFile,
    EditionList,
    EditionOut,
    Format,
    NewDraft,
    PartCounts,
)
from app.db import Session
from app.permissions import Permission
from app.problems import NotFound, TooLarge, raises
from app.schemas import Code

router = APIRouter(prefix="/catalog/editions")
Reader = Annotated[Actor, may(Permission.CATALOG_READ)]
Editor = Annotated[Actor, may(Permission.CATALOG_EDIT)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The edition's number")]
Other = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Default: the published one")]
EDITED = raises(NotFound, NotADraft, CodeMismatch, UnknownClass)


@router.get("", response_model=EditionList)
async def list_editions(session: Session, actor: Reader) -> Any:
    """Editions, newest first."""
    return {"items": await queries.list_editions(session)}


@router.post("", status_code=201, responses=raises(NotFound, NothingPublished))
async def create_draft(
    data: NewDraft, session: Session, actor: Editor, response: Response
) -> EditionDetail:
    """A draft that holds what the published edition (or another one) holds."""
    return await _created(session, response, await service.draft(session, actor, data))


@router.post(
    "/import",
    status_code=201,
    responses=raises(BadCatalogFile, UnsupportedCatalogFile, TooLarge),
)
async def import_edition(
    form: Annotated[EditionFile, Form()], session: Session, actor: Editor, response: Response
) -> EditionDetail:
    """A draft from a file; every bad row is named, and then nothing is imported."""
    name, data = form.file.filename or "upload", await form.file.read()
    content = await asyncio.to_thread(files.read, name, data)
    return await _created(session, response, await service.create(session, actor, content))


@router.get("/{number}", responses=raises(NotFound))
async def get_edition(number: Number, session: Session, actor: Reader) -> EditionDetail:
    """One edition; its content is at /export."""
    return await _detail(session, await queries.get_edition(session, number))


@router.delete("/{number}", status_code=204, responses=raises(NotFound, NotADraft))
async def discard_draft(number: Number, session: Session, actor: Editor) -> None:
    """Delete a draft. What was published stays for ever."""
    await service.discard(session, number)


@router.get(
    "/{number}/export",
    response_class=Response,
    responses={
        200: {"content": {media: {} for media in files.MEDIA_TYPES.values()}},
        **raises(NotFound),
    },
)
async def export_edition(
    number: Number,
    session: Session,
    actor: Reader,
    kind: Annotated[Format, Query(alias="format")] = "xlsx",
) -> Response:
    """All that an edition holds as a workbook or as JSON; both can be imported again."""
    content = await queries.get_content(session, number)
    data = await asyncio.to_thread(files.write, content, kind)
    name = f'attachment; filename="catalog-{number}.{kind}"'
    return Response(data, media_type=files.MEDIA_TYPES[kind], headers={"Content-Disposition": name})


@router.get("/{number}/diff", responses=raises(NotFound, NothingPublished))
async def compare_editions(
    number: Number, session: Session, actor: Reader, against: Other = None
) -> DiffOut:
    """What is added, removed and changed, field by field, from `against` to this edition."""
    against = against or (await queries.get_published(session)).number
    before = await queries.get_content(session, against)
    found = diff.between(before, await queries.get_content(session, number))
    return DiffOut(number=number, against=against, **found)


@router.post(
    "/{number}/publish", responses=raises(NotFound, NotADraft, EditionOutdated, EditionEmpty)
)
async def publish_edition(number: Number, session: Session, actor: Editor) -> EditionDetail:
    """Put a draft in force at once; cases stay with the conditions that they were filed under."""
    return await _detail(session, await service.publish(session, actor, number))


@router.put("/{number}/classes/{code}", responses={**EDITED, **raises(BigNameDiffers)})
async def put_class(
    number: Number, code: Code, row: ClassRow, session: Session, actor: Editor
) -> ClassRow:
    """Add a class to a draft, or replace it."""
    await service.put(session, number, CLASSES, code, row)
    return row


@router.delete("/{number}/classes/{code}", status_code=204, responses=raises(NotFound, NotADraft))
async def remove_class(number: Number, code: Code, session: Session, actor: Editor) -> None:
    """Take a class out of a draft, with its conditions, questions and phrases."""
    await service.remove(session, number, CLASSES, code)


@router.put("/{number}/conditions/{code}", responses=EDITED)
async def put_condition(
    number: Number, code: Code, row: ConditionRow, session: Session, actor: Editor
) -> ConditionRow:
    """Add a filing condition (C0101-1, or C0101-1-A for a region class) or replace it."""
    await service.put(session, number, CONDITIONS, code, row)
    return row


@router.delete(
    "/{number}/conditions/{code}", status_code=204, responses=raises(NotFound, NotADraft)
)
async def remove_condition(number: Number, code: Code, session: Session, actor: Editor) -> None:
    """Take a filing condition out of a draft."""
    await service.remove(session, number, CONDITIONS, code)


@router.put("/{number}/questions/{code}", responses=EDITED)
async def put_question(
    number: Number, code: Code, row: QuestionRow, session: Session, actor: Editor
) -> QuestionRow:
    """Add a question (C0101-injured) to a draft, or replace it."""
    await service.put(session, number, QUESTIONS, code, row)
    return row


@router.delete("/{number}/questions/{code}", status_code=204, responses=raises(NotFound, NotADraft))
async def remove_question(number: Number, code: Code, session: Session, actor: Editor) -> None:
    """Take a question out of a draft."""
    await service.remove(session, number, QUESTIONS, code)


@router.put("/{number}/phrases/{code}", responses=EDITED)
async def put_phrase(
    number: Number, code: Code, row: PhraseRow, session: Session, actor: Editor
) -> PhraseRow:
    """Add a stock phrase (reject-1) to a draft, or replace it."""
    await service.put(session, number, PHRASES, code, row)
    return row


@router.delete("/{number}/phrases/{code}", status_code=204, responses=raises(NotFound, NotADraft))
async def remove_phrase(number: Number, code: Code, session: Session, actor: Editor) -> None:
    """Take a stock phrase out of a draft."""
    await service.remove(session, number, PHRASES, code)


async def _detail(session: Session, edition: Edition) -> EditionDetail:
    counts = PartCounts(**await queries.count_parts(session, edition.number))
    return EditionDetail(**EditionOut.model_validate(edition).model_dump(), counts=counts)


async def _created(session: Session, response: Response, edition: Edition) -> EditionDetail:
    response.headers["Location"] = f"/api/v1/catalog/editions/{edition.number}"
    return await _detail(session, edition)
