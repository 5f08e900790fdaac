"""Reads of areas and cells: which cell, who is on duty there."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.grids.models import Cell
from app.schemas import Out
from app.spatial import point


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


async def duty_at(session: AsyncSession, path: Sequence[str], category: str) -> Duty:
    """Steward and responsible unit of a cell's path for a class, now."""
    steward = func.steward_on_duty(list(path), category).table_valued("id", "name").lateral()
    owner = func.owner_on_duty(list(path), category).table_valued("id", "name").lateral()
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
