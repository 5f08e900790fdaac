"""Lists of cells and areas by keyset: which rows, in the order of their codes.

A statement is built once per set of filters in use and then only bound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Text,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from app import db, pages
from app.filters import corners, escaped
from app.grids import forms
from app.grids.models import Area, Cell
from app.grids.schemas import AreaFilter, CellFilter
from app.spatial import box, in_box

PLANNED = frozenset({"bbox", "q", "area", "without_steward"})
Table = type[Cell] | type[Area]


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of a statement."""

    table: Table
    names: frozenset[str]
    geojson: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as JSON, and the cursor of the next page."""

    items: list[str]
    following: str | None


def _text(name: str) -> Any:
    return bindparam(name, type_=Text())


def _begins_or_contains(table: Table) -> ColumnElement[bool]:
    return or_(table.code.like(_text("begins")), table.name.ilike(_text("contains")))


def _nobody_on_duty() -> ColumnElement[bool]:
    steward = func.steward_on_duty(Cell.path, "").table_valued("id")
    return ~select(steward.c.id).correlate(Cell).exists()


_SIDES: tuple[Any, ...] = tuple(bindparam(side, type_=Double()) for side in ("w", "s", "e", "n"))
CONDITIONS: Mapping[Table, Mapping[str, ColumnElement[bool]]] = {
    Cell: {
        "q": _begins_or_contains(Cell),
        "area": or_(
            Cell.code.like(_text("area_begins")),
            Cell.path.contains(cast(array([_text("area")]), ARRAY(Text()))),
        ),
        "bbox": in_box(Cell.area, box(*_SIDES)),
        "without_steward": _nobody_on_duty(),
        "after": Cell.code > _text("after"),
    },
    Area: {
        "level": Area.level == _text("level"),
        "parent": Area.parent_code == _text("parent"),
        "q": _begins_or_contains(Area),
        "after": Area.code > _text("after"),
    },
}


@lru_cache(maxsize=128)
def _statement(shape: Shape) -> db.Compiled:
    table = shape.table
    conditions = [test for name, test in CONDITIONS[table].items() if name in shape.names]
    rows = (
        select(table)
        .where(table.valid_to.is_(None), *conditions)
        .order_by(table.code)
        .limit(bindparam("limit", type_=Integer()))
        .subquery()
    )
    body = forms.of_cell(rows) if table is Cell else forms.of_area(rows)
    shown = forms.feature(rows, body) if shape.geojson else body
    return db.compiled(select(rows.c.code, cast(shown, Text).label("body")).order_by(rows.c.code))


def _values(filters: CellFilter | AreaFilter) -> dict[str, Any]:
    """The conditions in use with their values: the keys make the shape."""
    given = filters.model_dump(exclude={"limit"}, exclude_defaults=True)
    if "q" in given:
        words = escaped(given["q"])
        given |= {"begins": f"{words}%", "contains": f"%{words}%"}
    if "area" in given:
        given["area_begins"] = f"{escaped(given['area'])}%"
    if "bbox" in given:
        given |= corners(given["bbox"])
    last = pages.decode(filters.after, str)
    return given | ({"after": last[0]} if last else {})


async def _page(table: Table, filters: CellFilter | AreaFilter, geojson: bool) -> Page:
    given = _values(filters)
    shape = Shape(table, frozenset(CONDITIONS[table].keys() & given.keys()), geojson)
    values = {**given, "limit": filters.limit + 1}
    rows = await _statement(shape).fetch(values, planned=bool(PLANNED & shape.names))
    more = len(rows) > filters.limit
    rows = rows[: filters.limit]
    return Page([row["body"] for row in rows], pages.encode(rows[-1]["code"]) if more else None)


async def cells(filters: CellFilter, *, geojson: bool) -> Page:
    """Current cells."""
    return await _page(Cell, filters, geojson)


async def areas(filters: AreaFilter, *, geojson: bool) -> Page:
    """Current areas."""
    return await _page(Area, filters, geojson)
