"""Arranging: plain functions with fixed defaults, never random."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.grids.models import Area, Cell
from app.people.models import Account, Post, Unit
from app.spatial import SRID, ewkt

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
STEP = 0.001
WEST, SOUTH = 109.0, 34.0


async def _add(session: AsyncSession, thing: Any) -> Any:
    session.add(thing)
    await session.flush()
    return thing


def square(column: int, row: int, size: float = STEP) -> str:
    """A square of a chessboard whose south-west corner is 109.0, 34.0."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    east, north = west + size, south + size
    ring = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
    return f"SRID={SRID};MULTIPOLYGON((({ring})))"


def middle(column: int, row: int) -> dict[str, Any]:
    """The middle of such a square, as a report sends it."""
    return {
        "lon": WEST + (column + 0.5) * STEP,
        "lat": SOUTH + (row + 0.5) * STEP,
        "crs": "cgcs2000",
    }


async def a_cell(
    session: AsyncSession, code: str = "610526001001001", column: int = 0, row: int = 0
) -> Cell:
    """A current cell with its national path, at a square of the chessboard."""
    path = [code[:6], code[:9], code[:12], code]
    cell = Cell(
        code=code,
        name=f"网格{code[-3:]}",
        parent_code=code[:12],
        area_code=code[:12],
        path=path,
        area=square(column, row),
        area_square_metres=10_000,
        centre=ewkt(WEST + (column + 0.5) * STEP, SOUTH + (row + 0.5) * STEP),
        valid_from=LONG_AGO,
    )
    return await _add(session, cell)  # type: ignore[no-any-return]


async def an_area(
    session: AsyncSession, code: str = "610526001001", level: str = "community", column: int = 0
) -> Area:
    """A current area over ten columns of the chessboard."""
    path = [code[:end] for end in (6, 9, 12) if end <= len(code)]
    area = Area(
        code=code,
        name=f"区域{code}",
        level=level,
        parent_code=path[-2] if len(path) > 1 else None,
        path=path,
        area=square(column, 0, STEP * 10),
        area_square_metres=1_000_000,
        valid_from=LONG_AGO,
    )
    return await _add(session, area)  # type: ignore[no-any-return]


async def a_unit(session: AsyncSession, code: str = "SZ", parent: Unit | None = None) -> Unit:
    """An active unit."""
    unit = Unit(code=code, name=f"单位{code}", parent_id=parent.id if parent else None)
    return await _add(session, unit)  # type: ignore[no-any-return]


async def an_account(
    session: AsyncSession,
    *roles: str,
    username: str | None = None,
    unit: Unit | None = None,
    place: str | None = "",
) -> Account:
    """An account with roles; `place` is its post's code ("" whole city, None no post at all)."""
    name = username or "-".join(roles) or "nobody"
    account = Account(
        username=name, name=f"姓名{name}", roles=list(roles), unit_id=unit.id if unit else None
    )
    await _add(session, account)
    if place is not None:
        await a_post(session, account, duty=roles[0] if roles else "observer", place=place)
    return account


async def a_post(
    session: AsyncSession,
    holder: Account | Unit,
    *,
    duty: str = "steward",
    place: str = "",
    category: str = "",
    **more: Any,
) -> Post:
    """A post since long ago; a unit's duty is always `owner`."""
    unit = isinstance(holder, Unit)
    post = Post(
        account_id=None if unit else holder.id,
        unit_id=holder.id if unit else None,
        duty="owner" if unit else duty,
        place_code=place,
        category_code=category,
        **{"valid_from": LONG_AGO, **more},
    )
    return await _add(session, post)  # type: ignore[no-any-return]


def a_report(**changes: Any) -> dict[str, Any]:
    """A valid report in the middle of the first square."""
    return {"category": "E0112", "description": "路面有积尘", **middle(0, 0), **changes}


def ids(items: list[dict[str, Any]]) -> list[UUID]:
    """The ids of listed things, in order."""
    return [UUID(item["id"]) for item in items]
