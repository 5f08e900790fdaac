"""Writes what an analysis has decided: closes rows, opens rows, in the caller's transaction."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.grids.changes import Opened, Plan
from app.grids.degrees import Tick
from app.grids.models import Area, Cell
from app.grids.schemas import Level

AT_ONCE = 1000
_ONE_AT_A_TIME = 0x57616E67
"""Key of the advisory lock under which imports write one after the other."""


async def queue_up(session: AsyncSession) -> None:
    """Wait for imports under way; analysis and writing then see the same rows.

    A lock of this kind takes no transaction number, so the fact log's readers are not held up.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


async def write(
    session: AsyncSession, level: Level, plan: Plan, import_id: UUID, tick: Tick
) -> None:
    """Close and open the rows of a plan, all at one moment."""
    at: datetime = (await session.scalars(select(func.clock_timestamp()))).one()
    table: Any = Cell if level is Level.CELL else Area
    for start in range(0, len(plan.closed), AT_ONCE):
        some = plan.closed[start : start + AT_ONCE]
        await session.execute(update(table).where(table.id.in_(some)).values(valid_to=at))
    for start in range(0, len(plan.opened), AT_ONCE):
        opened = plan.opened[start : start + AT_ONCE]
        rows = orjson.dumps([_row(one) for one in opened]).decode()
        if level is Level.CELL:
            await db.within(session, db.statement("grids/open_cells.sql"), rows, at, import_id)
        else:
            await _open_areas(session, rows, at, import_id, level)
        await asyncio.to_thread(tick, (start + len(opened)) / len(plan.opened))
    await session.execute(select(func.refresh_grid_statistics()))


async def _open_areas(
    session: AsyncSession, rows: str, at: datetime, import_id: UUID, level: Level
) -> None:
    """New areas; what lies below them follows where their path has changed."""
    await db.within(session, db.statement("grids/open_areas.sql"), rows, at, import_id, level)
    for name in ("grids/move_areas.sql", "grids/move_cells.sql"):
        await db.within(session, db.statement(name), rows, at, import_id)


def _row(opened: Opened) -> Mapping[str, Any]:
    return {
        "id": str(db.new_id()),
        "code": opened.code,
        "name": opened.name,
        "parent_code": opened.parent.path[-1] if opened.parent else None,
        "path": opened.path,
        "area": opened.area,
        "square_metres": opened.square_metres,
        "lon": opened.lon,
        "lat": opened.lat,
        "repaired": opened.repaired,
    }
