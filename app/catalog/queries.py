"""Reads of the catalogue: editions, and what the published one says of a class."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.catalog.content import Content, EditionMeta
from app.catalog.errors import NotADraft, NothingPublished
from app.catalog.models import (
    Category,
    CategorySetting,
    Condition,
    Edition,
    Phrase,
    Question,
)
from app.catalog.parts import CONDITIONS, PARTS, Part
from app.problems import NotFound
from app.remembered import Remembered

CLASS = ("类别", "class")
EDITION = ("版本", "edition")


_ASKED = """
SELECT
  q.edition, q.code, q.category_code, q.key, q.position, q.text, q.text_en, q.kind, q.required,
  q.options
FROM question q
JOIN edition e ON e.number = q.edition AND e.status = 'published'
ORDER BY q.category_code, q.position, q.key
"""


def published() -> ScalarSelect[int]:
    """The number of the published edition, as a part of a statement."""
    return select(Edition.number).where(Edition.status == "published").scalar_subquery()


async def list_(session: AsyncSession) -> Sequence[Category]:
    """Active classes in code order."""
    chosen = select(Category).where(Category.active).order_by(Category.code)
    return (await session.scalars(chosen)).all()


async def find(session: AsyncSession, category_code: str) -> Category | None:
    """A class that is, or was, in a published edition; None when there never was one."""
    return await session.get(Category, category_code)


async def get(session: AsyncSession, category_code: str) -> Category:
    """A class that is, or was, in a published edition."""
    found = await find(session, category_code)
    if found is None:
        raise NotFound(what=CLASS, value=category_code)
    return found


async def conditions_of(
    session: AsyncSession, category_code: str, region_class: str | None = None
) -> Sequence[Condition]:
    """Filing conditions in the published edition; a region's own row replaces the general one."""
    chosen = (
        select(Condition)
        .where(
            Condition.edition == published(),
            Condition.category_code == category_code,
            or_(Condition.region_class.is_(None), Condition.region_class == region_class),
        )
        .ext(distinct_on(Condition.number))
        .order_by(Condition.number, Condition.region_class.nulls_last())
    )
    return (await session.scalars(chosen)).all()


async def list_conditions(session: AsyncSession, category_code: str) -> Sequence[Condition]:
    """All filing conditions in the published edition, those of region classes too."""
    chosen = select(Condition).where(
        Condition.edition == published(), Condition.category_code == category_code
    )
    return (await session.scalars(chosen.order_by(*CONDITIONS.order))).all()


async def get_condition(session: AsyncSession, condition_id: UUID) -> Condition:
    """A filing condition of any edition."""
    found = await session.get(Condition, condition_id)
    if found is None:
        raise NotFound(what=("立案条件", "filing condition"), value=str(condition_id))
    return found


async def questions_of(session: AsyncSession, category_code: str) -> Sequence[Question]:
    """What a report of a class is asked besides, in order."""
    chosen = (
        select(Question)
        .where(Question.edition == published(), Question.category_code == category_code)
        .order_by(Question.position, Question.key)
    )
    return (await session.scalars(chosen)).all()


async def asked() -> Mapping[str, Sequence[Question]]:
    """The questions of all classes that have any, as each process remembers them."""
    return await ASKED.get()


async def _asked() -> Mapping[str, Sequence[Question]]:
    found: dict[str, list[Question]] = {}
    for row in await db.hot(_ASKED):
        found.setdefault(row["category_code"], []).append(Question(**row))
    return found


ASKED = Remembered(_asked)


async def phrases_of(
    session: AsyncSession, step: str | None = None, category_code: str | None = None
) -> Sequence[Phrase]:
    """Stock phrases; with a class, its own come first and those of other classes stay away."""
    chosen = select(Phrase).where(Phrase.edition == published())
    if step:
        chosen = chosen.where(Phrase.step == step)
    if category_code:
        general = Phrase.category_code.is_(None)
        chosen = chosen.where(or_(general, Phrase.category_code == category_code))
    order = (Phrase.category_code.nulls_last(), Phrase.step, Phrase.number)
    return (await session.scalars(chosen.order_by(*order))).all()


async def setting_of(session: AsyncSession, category_code: str) -> CategorySetting:
    """A city's switches for a class."""
    found = await session.get(CategorySetting, category_code)
    return found or CategorySetting(code=category_code, active=True, auto_dispatch=False)


async def list_editions(session: AsyncSession) -> Sequence[Edition]:
    """Editions, newest first."""
    return (await session.scalars(select(Edition).order_by(Edition.number.desc()))).all()


async def get_edition(session: AsyncSession, number: int) -> Edition:
    """One edition in any state."""
    found = await session.get(Edition, number)
    if found is None:
        raise NotFound(what=EDITION, value=str(number))
    return found


async def get_draft_for_update(session: AsyncSession, number: int) -> Edition:
    """An edition that may be changed, held until the transaction ends."""
    chosen = select(Edition).where(Edition.number == number).with_for_update()
    found = await session.scalar(chosen)
    if found is None:
        raise NotFound(what=EDITION, value=str(number))
    if found.status != "draft":
        raise NotADraft(edition=number, state=found.status)
    return found


async def get_published(session: AsyncSession) -> Edition:
    """The published edition."""
    found = await session.scalar(select(Edition).where(Edition.status == "published"))
    if found is None:
        raise NothingPublished
    return found


async def get_content(session: AsyncSession, number: int) -> Content:
    """All that an edition holds, in the order of files."""
    edition = await get_edition(session, number)
    rows = {part.name: await _rows(session, part, number) for part in PARTS}
    return Content(edition=EditionMeta.model_validate(edition, from_attributes=True), **rows)


async def _rows(session: AsyncSession, part: Part, number: int) -> list[Any]:
    columns = [getattr(part.table, name) for name in part.row.model_fields]
    chosen = select(*columns).where(part.table.edition == number).order_by(*part.order)
    found = await session.execute(chosen)
    return [part.row.model_validate(row, from_attributes=True) for row in found]


async def count_parts(session: AsyncSession, number: int) -> dict[str, int]:
    """How many rows each part of an edition has."""
    counts = [
        select(func.count())
        .select_from(part.table)
        .where(part.table.edition == number)
        .scalar_subquery()
        .label(part.name)
        for part in PARTS
    ]
    return dict((await session.execute(select(*counts))).one()._mapping)
