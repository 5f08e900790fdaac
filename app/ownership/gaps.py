"""What callers get of coverage: sums by class and area, and single pairs by the page."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app import db, pages
from app.catalog import queries as catalog
from app.grids.models import Area
from app.ownership.coverage import Claim, Coverage, Sum, Where, pairs, totals
from app.ownership.schemas import (
    AreaCoverage,
    ClassCoverage,
    CoverageFilter,
    CoverageOut,
    GapFilter,
    GapOut,
    GapPage,
    Lack,
)

CHUNK = 1_000
"""Cells that are looked at together for a page: most pages need no more."""


async def coverage(session: AsyncSession, asked: CoverageFilter) -> CoverageOut:
    """Sums over all classes and cells, worst first."""
    names = {category.code: category.name for category in await catalog.list_(session)}
    claims = await _claims(session, asked.at)
    areas = await _areas(session, asked.level)
    cells = await _cells(session, asked.area)

    def count() -> CoverageOut:
        places = (_where(row, areas) for row in cells)
        found = totals(Coverage(sorted(names), claims), places)
        return CoverageOut(
            cells=len(cells),
            classes=len(names),
            none=sum(one.none for one in found.by_area.values()),
            several=sum(one.several for one in found.by_area.values()),
            by_class=[
                ClassCoverage(category=code, name=names[code], none=one.none, several=one.several)
                for code, one in sorted(found.by_class.items(), key=_worst)
            ],
            by_area=[
                AreaCoverage(
                    area=code,
                    name=areas.get(code or ""),
                    cells=one.cells,
                    none=one.none,
                    several=one.several,
                )
                for code, one in sorted(found.by_area.items(), key=_worst)
            ],
        )

    return await asyncio.to_thread(count)


async def list_gaps(session: AsyncSession, asked: GapFilter) -> GapPage:
    """Pairs of a cell and a class that nobody owns, or several do, in the order of codes."""
    key = pages.decode(asked.after, str, str)
    names = {
        category.code: category.name
        for category in await catalog.list_(session)
        if category.code.startswith(asked.category or "")
    }
    asking = Coverage(sorted(names), await _claims(session, asked.at))

    def look(cells: list[Row[Any]]) -> list[tuple[str, str, bool]]:
        found = pairs(
            asking,
            (_where(row, {}) for row in cells),
            none=asked.verdict is not Lack.SEVERAL,
            several=asked.verdict is not Lack.NONE,
        )
        return list(islice(_beyond(found, key), asked.limit + 1))

    found: list[tuple[str, str, bool]] = []
    start = key[0] if key else None
    while len(found) <= asked.limit:
        cells = await _cells(session, asked.area, start, CHUNK + 1)
        found += await asyncio.to_thread(look, cells[:CHUNK])
        if len(cells) <= CHUNK:
            break
        start = cells[CHUNK].code
    following = pages.encode(*found[asked.limit - 1][:2]) if len(found) > asked.limit else None
    items = [
        GapOut(
            cell=cell,
            category=code,
            category_name=names[code],
            verdict=Lack.SEVERAL if several else Lack.NONE,
        )
        for cell, code, several in found[: asked.limit]
    ]
    return GapPage(items=items, next=following)


def _beyond(
    found: Iterator[tuple[str, str, bool]], key: tuple[Any, ...] | None
) -> Iterator[tuple[str, str, bool]]:
    return (pair for pair in found if key is None or pair[:2] > key)


def _worst(found: tuple[str | None, Sum]) -> tuple[int, int, str]:
    code, one = found
    return -one.none, -one.several, code or ""


async def _claims(session: AsyncSession, at: datetime | None) -> list[Claim]:
    asked = {"at": at or datetime.now(UTC)}
    rows = await session.execute(text(db.statement("ownership/claims.sql")), asked)
    return [Claim(*row) for row in rows]


async def _cells(
    session: AsyncSession, area: str | None, start: str | None = None, most: int | None = None
) -> list[Row[Any]]:
    asked = {"area": area, "start": start, "most": most}
    rows = await session.execute(text(db.statement("ownership/cells.sql")), asked)
    return list(rows)


async def _areas(session: AsyncSession, level: str) -> dict[str, str]:
    chosen = select(Area.code, Area.name).where(Area.level == level, Area.valid_to.is_(None))
    return {row.code: row.name for row in await session.execute(chosen)}


def _where(row: Row[Any], areas: dict[str, str]) -> Where:
    area = next((code for code in row.path if code in areas), None)
    return Where(row.code, row.path, row.drawings, area)
