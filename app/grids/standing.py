"""What stands already where an import file lies: parents, rows of its level, codes in use."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.grids import codes, geometry
from app.grids.analysis import Around, Draft
from app.grids.changes import Current
from app.grids.codes import Parent
from app.grids.models import Area, Cell
from app.grids.schemas import Level
from app.grids.topology import Drawn
from app.spatial import as_wkb, box, in_box


def _among(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """One of many values: an array is one parameter, IN would soon be too many."""
    found: ColumnElement[bool] = column == func.any(literal(list(values), ARRAY(Text())))
    return found


async def around(session: AsyncSession, found: Draft) -> Around:
    """Everything that the analysis of a file compares it with."""
    level = found.rows.level
    wanted = sorted({code for code in found.rows.codes if code})
    above = sorted({code for code in found.rows.parents if code})
    return Around(
        await _parents(session, level, above),
        await _current(session, found, wanted, above),
        await _taken(session, level, wanted),
    )


async def _parents(session: AsyncSession, level: Level, wanted: Sequence[str]) -> dict[str, Parent]:
    chosen = select(Area.code, Area.path, as_wkb(Area.area)).where(
        Area.valid_to.is_(None), _among(Area.level, codes.above(level)), _among(Area.code, wanted)
    )
    rows = (await session.execute(chosen)).all()
    shapes = geometry.from_wkb([row[2] for row in rows])
    return {
        row.code: Parent(tuple(row.path), shape) for row, shape in zip(rows, shapes, strict=True)
    }


async def _current(
    session: AsyncSession, found: Draft, wanted: Sequence[str], above: Sequence[str]
) -> Current:
    chosen = _columns(found.rows.level)
    table: Any = Cell if found.rows.level is Level.CELL else Area
    met = [_among(table.code, wanted), _among(table.parent_code, above)]
    if any(shape is not None for shape in found.mended.shapes):
        met.append(in_box(table.area, box(*geometry.bounds(found.mended.shapes))))
    rows = (await session.execute(chosen.where(or_(*met)))).all()
    return Current(
        [row.id for row in rows],
        [row.name for row in rows],
        Drawn(
            [row.code for row in rows],
            [row.parent_code for row in rows],
            geometry.from_wkb([row.wkb for row in rows]),
        ),
    )


def _columns(level: Level) -> Select[Any]:
    table: Any = Cell if level is Level.CELL else Area
    chosen = select(
        table.id, table.code, table.name, table.parent_code, as_wkb(table.area).label("wkb")
    ).where(table.valid_to.is_(None))
    return chosen if level is Level.CELL else chosen.where(Area.level == level)


async def _taken(session: AsyncSession, level: Level, wanted: Sequence[str]) -> dict[str, str]:
    """Codes that are in use at another level, with that level."""
    areas = select(Area.code, Area.level).where(
        Area.valid_to.is_(None), _among(Area.code, wanted), Area.level != level
    )
    cells = select(Cell.code, literal(str(Level.CELL))).where(
        Cell.valid_to.is_(None), _among(Cell.code, wanted), literal(level is not Level.CELL)
    )
    rows = await session.execute(union_all(areas, cells))
    return {row[0]: row[1] for row in rows}
