"""Finds classes by what people type: codes, Chinese, pinyin, its initials, English."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.catalog import queries
from app.catalog.schemas import CategoryDetail, CategoryFilter

LEAST_LETTERS = 2
"""A single letter on one side of a cut would fit nearly everything."""


async def classes(filters: CategoryFilter) -> str:
    """`CategoryList` as JSON, best matches first."""
    typed = " ".join((filters.q or "").lower().split())
    cut = cuts(typed)
    (row,) = await db.hot(
        db.statement("catalog/search.sql"),
        typed,
        [part for part, _ in cut],
        [rest for _, rest in cut],
        filters.kind,
        filters.big,
        filters.active,
        planned=True,
    )
    found: str = row[0]
    return found


def cuts(typed: str) -> list[tuple[str, str]]:
    """What the class and what the condition should hold, for every place to cut the text.

    A blank says where to cut; without one, `jgps` may be `jg` of a class and `ps` of a condition.
    """
    if not typed:
        return []
    least = LEAST_LETTERS if typed.isascii() else 1
    places = [place for place, char in enumerate(typed) if char == " "] or range(
        least, len(typed) - least + 1
    )
    return [("", typed), *((typed[:place], typed[place:].lstrip()) for place in places)]


async def detail(session: AsyncSession, code: str) -> CategoryDetail:
    """A class with all that the published edition says of it."""
    found = await queries.get(session, code)
    setting = await queries.setting_of(session, code)
    return CategoryDetail(
        code=code,
        kind=found.kind,
        big=code[:3],
        big_name=found.big_name,
        big_name_en=found.big_name_en,
        name=found.name,
        name_en=found.name_en,
        scheme=found.scheme,
        extension=found.extension,
        edition=await queries.get_published(session),
        active=found.active,
        auto_dispatch=setting.auto_dispatch,
        conditions=await queries.list_conditions(session, code),
        questions=await queries.questions_of(session, code),
        phrases=await queries.phrases_of(session, category_code=code),
    )
