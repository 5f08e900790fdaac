"""Owners as a table: exported, and imported as a whole or not at all."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Uuid, any_, func, insert, literal, or_, select, union, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Category
from app.config import settings
from app.coordinates import Crs
from app.db import new_id
from app.grids.models import Area, Cell
from app.grids.schemas import Wording
from app.ownership import tables
from app.ownership.difference import Added, Difference, Kept, Key, Known, difference
from app.ownership.errors import BadRows
from app.ownership.schemas import BadRow, ChangeLine, ImportReport
from app.people.models import OWNER, Account, Post, Unit
from app.spatial import as_geojson, as_wkb

SHOWN = 500


async def export(session: AsyncSession, form: tables.Format) -> bytes:
    """All that is owned now or will be, as a table that an import takes back."""
    chosen = (
        select(Post, Unit.code, Account.username, as_geojson(Post.area))
        .outerjoin(Unit, Unit.id == Post.unit_id)
        .outerjoin(Account, Account.id == Post.account_id)
        .where(
            Post.duty == OWNER,
            or_(
                Post.valid_to.is_(None),
                Post.valid_to > func.greatest(func.now(), Post.valid_from),
            ),
        )
        .order_by(Post.category_code, Post.place_code, Post.id)
    )
    found = (await session.execute(chosen)).all()
    return await asyncio.to_thread(tables.write, form, [_row(*row) for row in found])


async def import_table(
    session: AsyncSession, name: str, content: bytes, *, dry_run: bool
) -> ImportReport:
    """Make what is kept equal to a table; only tell the difference in a dry run."""
    rows = await asyncio.to_thread(tables.read, name, content)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("ownership"))))
    known, kept = await _known(session), await _kept(session)
    now = (await session.scalars(select(func.now()))).one()
    found = await asyncio.to_thread(difference, rows, known, kept, now)
    if found.mistakes and not dry_run:
        raise BadRows(found.mistakes[:SHOWN], len(found.mistakes))
    report = _report(found, len(rows), now, written=not dry_run)
    if not dry_run:
        await _write(session, found, now)
    return report


def _row(post: Post, unit: str | None, username: str | None, area: str | None) -> list[str]:
    values = {
        "unit": unit,
        "account": username,
        "role": post.role,
        "place": post.place_code,
        "area": _drawn(area) if area else None,
        "category": post.category_code,
        "valid_from": _moment(post.valid_from),
        "valid_to": _moment(post.valid_to),
    }
    return [values[column] or "" for column in tables.COLUMNS]


def _drawn(geojson: str) -> str:
    return orjson.dumps(orjson.loads(geojson) | {"crs": Crs.CGCS2000}).decode()


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(settings().zone).isoformat() if value else None


async def _known(session: AsyncSession) -> Known:
    units = await session.execute(select(Unit.code, Unit.id, Unit.active))
    accounts = await session.execute(select(Account.username, Account.id, Account.active))
    areas = select(Area.code).where(Area.valid_to.is_(None))
    cells = select(Cell.code).where(Cell.valid_to.is_(None))
    classes = await session.scalars(select(Category.code).where(Category.active))
    return Known(
        units={code: (id_, active) for code, id_, active in units},
        accounts={name: (id_, active) for name, id_, active in accounts},
        places=frozenset(await session.scalars(union(areas, cells))),
        categories=frozenset(part for code in classes.all() for part in (code[:1], code[:3], code)),
    )


async def _kept(session: AsyncSession) -> Sequence[Kept]:
    """Every ownership there ever was: a row of the past is known again too."""
    chosen = (
        select(Post, as_wkb(Post.area), func.coalesce(Unit.code, Account.username, Post.role))
        .outerjoin(Unit, Unit.id == Post.unit_id)
        .outerjoin(Account, Account.id == Post.account_id)
        .where(Post.duty == OWNER)
        .order_by(Post.category_code, Post.place_code, Post.id)
    )
    return [
        Kept(
            Key(
                unit=post.unit_id,
                account=post.account_id,
                role=post.role,
                place=post.place_code,
                drawing=bytes(area) if area is not None else None,
                category=post.category_code,
            ),
            post,
            holder,
        )
        for post, area, holder in await session.execute(chosen)
    ]


async def _write(session: AsyncSession, found: Difference, now: datetime) -> None:
    for changed in found.changed:
        changed.kept.post.valid_to = changed.valid_to
    if found.ended:
        gone = [one.post.id for one in found.ended]
        await session.execute(
            update(Post)
            .where(Post.id == any_(literal(gone, ARRAY(Uuid()))))
            .values(valid_to=func.greatest(now, Post.valid_from))
            .execution_options(synchronize_session=False)
        )
    if found.added:
        await session.execute(insert(Post), [_columns(one) for one in found.added])
    await session.flush()


def _columns(one: Added) -> dict[str, Any]:
    return {
        "id": new_id(),
        "unit_id": one.key.unit,
        "account_id": one.key.account,
        "role": one.key.role,
        "duty": OWNER,
        "place_code": one.key.place,
        "area": one.drawing.ewkt if one.drawing else None,
        "area_square_metres": one.drawing.square_metres if one.drawing else None,
        "category_code": one.key.category,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
    }


def _report(found: Difference, rows: int, now: datetime, *, written: bool) -> ImportReport:
    lines = [
        *(_line("ended", None, one, max(now, one.post.valid_from)) for one in found.ended),
        *(_line("changed", one.row, one.kept, one.valid_to) for one in found.changed),
        *(
            ChangeLine(
                change="added",
                row=one.row,
                holder=one.holder,
                place=one.key.place or None,
                area_square_metres=one.drawing.square_metres if one.drawing else None,
                category=one.key.category or None,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
            for one in found.added
        ),
    ]
    return ImportReport(
        written=written,
        rows=rows,
        added=len(found.added),
        changed=len(found.changed),
        ended=len(found.ended),
        unchanged=found.unchanged,
        bad=len(found.mistakes),
        lines=lines[:SHOWN],
        bad_rows=[
            BadRow(row=one.row, column=one.column, detail=Wording(zh=one.chinese, en=one.english))
            for one in found.mistakes[:SHOWN]
        ],
    )


def _line(change: str, row: int | None, kept: Kept, end: datetime | None) -> ChangeLine:
    return ChangeLine(
        change=change,
        row=row,
        holder=kept.holder,
        place=kept.key.place or None,
        area_square_metres=kept.post.area_square_metres,
        category=kept.key.category or None,
        valid_from=kept.post.valid_from,
        valid_to=end,
    )
