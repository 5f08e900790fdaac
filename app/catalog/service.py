"""Editions from draft to publication, and a city's switches: the verbs of the catalogue."""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.catalog import files, queries
from app.catalog.content import Content
from app.catalog.errors import (
    BigNameDiffers,
    CodeMismatch,
    EditionEmpty,
    EditionOutdated,
    UnknownClass,
)
from app.catalog.models import Category, CategorySetting, Edition, EditionClass
from app.catalog.parts import CLASSES, PARTS, Part
from app.catalog.schemas import CategorySwitches, NewDraft
from app.problems import NotFound

DEFAULT = Path(__file__).parent / "edition.json"
_ONE_AT_A_TIME = 0x4361746C
"""Key of the advisory lock under which `category` is written."""


async def load_default(session: AsyncSession) -> int:
    """Publish the edition that ships, unless there is one already; how many classes are known."""
    await _queue_up(session)
    if await session.scalar(select(Edition.number).limit(1)) is None:
        content = files.read(DEFAULT.name, DEFAULT.read_bytes())
        await _publish(session, await create(session, None, content))
    return await session.scalar(select(func.count()).select_from(Category)) or 0


async def draft(session: AsyncSession, actor: Actor, wanted: NewDraft) -> Edition:
    """A draft that holds what another edition holds."""
    copied = wanted.copy_of or (await queries.get_published(session)).number
    content = await queries.get_content(session, copied)
    edition = wanted.edition or content.edition
    return await create(session, actor, content.model_copy(update={"edition": edition}))


async def create(session: AsyncSession, actor: Actor | None, content: Content) -> Edition:
    """A draft with the given content, to take the place of the edition published now."""
    edition = Edition(
        **content.edition.model_dump(),
        status="draft",
        based_on=await session.scalar(select(queries.published())),
        created_by=actor.id if actor else None,
    )
    session.add(edition)
    await session.flush()
    for part in PARTS:
        rows = await asyncio.to_thread(part.all_values, edition.number, content)
        if rows:
            await session.execute(insert(part.table), rows)
    return edition


async def publish(session: AsyncSession, actor: Actor, number: int) -> Edition:
    """Make a draft the current edition, at once; the one before is retired and stays readable."""
    edition = await queries.get_draft_for_update(session, number)
    held = select(exists().where(EditionClass.edition == number))
    if not await session.scalar(held):
        raise EditionEmpty
    edition.published_by = actor.id
    return await _publish(session, edition)


async def _publish(session: AsyncSession, edition: Edition) -> Edition:
    await _queue_up(session)
    now = await session.scalar(select(func.now()))
    before = await session.scalar(select(Edition).where(Edition.status == "published"))
    if (before.number if before else None) != edition.based_on:
        raise EditionOutdated
    if before:
        before.status, before.retired_at = "retired", now
        await session.flush()
    edition.status, edition.published_at = "published", now
    await session.flush()
    await db.within(session, db.statement("catalog/project.sql"), edition.number)
    queries.ASKED.forget_with(session)
    return edition


async def discard(session: AsyncSession, number: int) -> None:
    """Delete a draft with all that it holds."""
    edition = await queries.get_draft_for_update(session, number)
    for part in reversed(PARTS):
        await session.execute(delete(part.table).where(part.table.edition == number))
    await session.delete(edition)
    await session.flush()


async def put(session: AsyncSession, number: int, part: Part, code: str, row: Any) -> None:
    """Add a row to a draft, or replace the one with its code."""
    if row.code != code:
        raise CodeMismatch(f"/{part.key}", address=code, code=row.code)
    await queries.get_draft_for_update(session, number)
    if part is CLASSES:
        await _same_big_name(session, number, row)
    elif row.category_code is not None:
        await _class_exists(session, number, row.category_code)
    values = part.values(number, row)
    statement = upsert(part.table).values(**values)
    kept = {name: statement.excluded[name] for name in values if name not in ("edition", "code")}
    await session.execute(
        statement.on_conflict_do_update(index_elements=["edition", "code"], set_=kept)
    )


async def remove(session: AsyncSession, number: int, part: Part, code: str) -> None:
    """Take a row out of a draft; a class goes with all that hangs on it."""
    await queries.get_draft_for_update(session, number)
    chosen = delete(part.table).where(part.table.edition == number, part.table.code == code)
    gone = await session.scalar(chosen.returning(part.table.code))
    if gone is None:
        raise NotFound(what=part.title, value=code)


async def set_switches(session: AsyncSession, category_code: str, wanted: CategorySwitches) -> None:
    """Switch a class on or off for the city; editions to come leave it so."""
    await queries.get(session, category_code)
    await _queue_up(session)
    values = wanted.model_dump()
    statement = upsert(CategorySetting).values(code=category_code, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=values))
    current = Category.edition == queries.published()
    await session.execute(
        update(Category)
        .where(Category.code == category_code)
        .values(active=current if wanted.active else False)
    )


async def _queue_up(session: AsyncSession) -> None:
    """What writes `category` waits for its turn: publications, and the city's switches."""
    await session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


async def _same_big_name(session: AsyncSession, number: int, row: Any) -> None:
    other = select(EditionClass.big_name).where(
        EditionClass.edition == number,
        EditionClass.code.startswith(row.code[:3]),
        EditionClass.code != row.code,
        EditionClass.big_name != row.big_name,
    )
    name = await session.scalar(other.limit(1))
    if name is not None:
        raise BigNameDiffers("/big_name", big=row.code[:3], name=name)


async def _class_exists(session: AsyncSession, number: int, code: str) -> None:
    if await session.get(EditionClass, (number, code)) is None:
        raise UnknownClass("/category_code", category=code, edition=number)
