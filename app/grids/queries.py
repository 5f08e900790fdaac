"""Reads of areas, cells and imports: one thing, its history, which cell, who is on duty there."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from app import db, pages
from app.config import settings
from app.coordinates import to_storage
from app.grids import forms
from app.grids.errors import NoSuchPlace
from app.grids.models import Area, Cell, GridImport
from app.grids.schemas import At
from app.problems import NotFound
from app.schemas import Out
from app.spatial import point, point_type


class Duty(Out):
    """Who is on duty for a class in a cell."""

    steward_id: UUID | None
    steward_name: str | None
    owner_unit_id: UUID | None
    owner_unit_name: str | None


async def find_cell(session: AsyncSession, code: str) -> Cell | None:
    """The current cell with a code, or None."""
    return await session.scalar(select(Cell).where(Cell.code == code, Cell.valid_to.is_(None)))


async def find_cell_at(session: AsyncSession, lon: float, lat: float) -> Cell | None:
    """The current cell that holds a place (stored degrees); the lowest code on a shared border."""
    found = func.cell_at(point(lon, lat)).table_valued("id")
    return await session.scalar(select(Cell).join(found, found.c.id == Cell.id))


async def duty_at(session: AsyncSession, path: Sequence[str], place: Any, category: str) -> Duty:
    """Steward and responsible unit for a class, by a cell's path and the place itself, now."""
    steward = func.steward_on_duty(list(path), category).table_valued("id", "name").lateral()
    owner = (
        func.owner_on_duty(list(path), literal(place, point_type()), category)
        .table_valued("id", "name")
        .lateral()
    )
    one = select(func.now().label("at")).subquery()
    chosen = select(
        steward.c.id.label("steward_id"),
        steward.c.name.label("steward_name"),
        owner.c.id.label("owner_unit_id"),
        owner.c.name.label("owner_unit_name"),
    ).select_from(
        one.outerjoin(steward, one.c.at.is_not(None)).outerjoin(owner, one.c.at.is_not(None))
    )
    row = (await session.execute(chosen)).mappings().one()
    return Duty.model_validate(dict(row))


async def at(where: At) -> str:
    """Which cell holds a place and who is on duty there, as JSON (`AtOut`).

    A latitude beyond the pole is an answer only if the pair turned round meets a cell.
    """
    told = to_storage(where.lon, where.lat, where.crs)
    turned = to_storage(where.lat, where.lon, where.crs)
    metres = settings().suggest_cell_metres
    sql = db.statement("grids/at.sql")
    (row,) = await db.hot(sql, *told, *turned, where.category or "", metres)
    if abs(where.lat) > 90 and row["swapped"] is None:
        raise NoSuchPlace
    body: str = row["body"]
    return body


@lru_cache
def _cell(geojson: bool) -> db.Compiled:
    wanted = Cell.code == bindparam("code", type_=Text())
    rows = select(Cell).where(wanted, Cell.valid_to.is_(None)).subquery()
    body = forms.of_cell(rows)
    return db.compiled(select(cast(forms.feature(rows, body) if geojson else body, Text)))


@lru_cache
def _area(geojson: bool) -> db.Compiled:
    wanted = Area.code == bindparam("code", type_=Text())
    rows = select(Area).where(wanted, Area.valid_to.is_(None)).subquery()
    body = forms.of_area(rows)
    return db.compiled(select(cast(forms.feature(rows, body) if geojson else body, Text)))


@lru_cache
def _versions(geojson: bool) -> db.Compiled:
    rows = select(Cell).where(Cell.code == bindparam("code", type_=Text())).subquery()
    body = forms.of_version(rows)
    shown = forms.feature(rows, body) if geojson else body
    return db.compiled(select(cast(shown, Text)).order_by(rows.c.valid_from, rows.c.id))


async def get_cell(code: str, *, geojson: bool) -> str:
    """The current cell with a code, as JSON (`CellOut`) or as a feature."""
    return (await _found(_cell(geojson), ("网格", "cell"), code))[0]


async def get_area(code: str, *, geojson: bool) -> str:
    """The current area with a code, as JSON (`AreaOut`) or as a feature."""
    return (await _found(_area(geojson), ("区域", "area"), code))[0]


async def list_versions(code: str, *, geojson: bool) -> list[str]:
    """All cells that have had a code, oldest first."""
    return await _found(_versions(geojson), ("网格", "cell"), code)


async def _found(statement: db.Compiled, what: tuple[str, str], code: str) -> list[str]:
    rows = await statement.fetch({"code": code}) if "\x00" not in code else []
    if not rows:
        raise NotFound(what=what, value=code)
    return [row[0] for row in rows]


async def get_import(session: AsyncSession, import_id: UUID) -> GridImport:
    """One import with its report."""
    chosen = select(GridImport).where(GridImport.id == import_id)
    found = await session.scalar(chosen.options(undefer(GridImport.report)))
    if found is None:
        raise NotFound(what=("导入", "import"), value=str(import_id))
    return found


async def list_imports(
    session: AsyncSession, after: str | None, limit: int
) -> tuple[Sequence[GridImport], str | None]:
    """Imports, newest first, and the cursor of the next page."""
    chosen = select(GridImport).order_by(GridImport.id.desc()).limit(limit + 1)
    last = pages.decode(after, UUID)
    if last is not None:
        chosen = chosen.where(GridImport.id < last[0])
    found = (await session.scalars(chosen)).all()
    following = pages.encode(found[limit - 1].id) if len(found) > limit else None
    return found[:limit], following
