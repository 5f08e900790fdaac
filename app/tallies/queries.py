"""Reads of roll-ups: which areas somebody's numbers are of, and the rows of the screen's panels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import db
from app.auth import Actor
from app.problems import NotFound
from app.tallies.periods import Period

EVERYWHERE = ("",)
_NAME = "SELECT name FROM area WHERE code = $1 ORDER BY valid_to DESC NULLS FIRST LIMIT 1"


@dataclass(frozen=True, slots=True)
class Here:
    """The areas whose numbers are summed; `code` and `name` where it is one, and not the city."""

    codes: Sequence[str]
    code: str | None = None
    name: str | None = None


async def here(actor: Actor, area: str | None) -> Here:
    """An area that the actor sees, or without one all that the actor sees."""
    if area is not None:
        name = await _name(area) if actor.everywhere or area in actor.areas else None
        if name is None:
            raise NotFound(what=("区域", "area"), value=area)
        return Here((area,), area, name)
    if actor.everywhere:
        return Here(EVERYWHERE)
    codes = sorted(actor.places)
    name = await _name(codes[0]) if len(codes) == 1 else None
    return Here(codes) if name is None else Here(codes, codes[0], name)


async def _name(code: str) -> str | None:
    rows = await db.hot(_NAME, code)
    return rows[0]["name"] if rows else None


Panels = Mapping[str, Sequence[Any]]
"""Rows by the name of their panel."""


async def panels(codes: Sequence[str], today: date, period: Period) -> Panels:
    """All that the roll-ups tell the screen, by one statement."""
    found: dict[str, list[Any]] = {}
    sql, before = db.statement("tallies/screen.sql"), period.before
    for row in await db.hot(sql, list(codes), today, period.span, period.first, before.first):
        found.setdefault(row["panel"], []).append(row)
    return found
