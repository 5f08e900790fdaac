"""Where the simulated reports come from and what they can be: cells, classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import orjson

from app import db
from app.simulation.errors import NoCity
from app.worktime.limits import LimitUnit

QUICK_HOURS = 2
"""Limits in which a case can become overdue, be closed and appealed within a day."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, in stored degrees, what people call it, and the code of its cell."""

    lon: float
    lat: float
    name: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """A class, one of its filing conditions, and answers to what the class asks."""

    category: str
    name: str
    condition: str
    amount: Decimal
    unit: LimitUnit
    answers: Mapping[str, str]

    @property
    def quick(self) -> bool:
        """Whether its limit passes within some hours, also at night and on Sundays."""
        return self.unit is LimitUnit.URGENT_HOUR and self.amount <= QUICK_HOURS


@dataclass(frozen=True, slots=True)
class City:
    """All that reports are drawn from. `outside` is near a cell and in none."""

    spots: Sequence[Spot]
    outside: Spot
    matters: Sequence[Matter]
    quick: Sequence[Matter]


async def read(count: int, seed: int) -> City:
    """So many places at most, always the same for a seed."""
    spots = await db.hot(db.statement("simulation/spots.sql"), count, seed)
    edge = await db.hot(db.statement("simulation/edge.sql"))
    rows = await db.hot(db.statement("simulation/matters.sql"))
    matters = [
        Matter(
            row["category_code"],
            row["name"],
            row["condition"],
            row["limit_amount"],
            LimitUnit(row["limit_unit"]),
            orjson.loads(row["answers"]),
        )
        for row in rows
    ]
    if not spots or not matters:
        raise NoCity
    quick = [matter for matter in matters if matter.quick]
    return City(
        [Spot(row["lon"], row["lat"], row["name"], row["code"]) for row in spots],
        Spot(edge[0]["lon"], edge[0]["lat"], "网格以西"),
        matters,
        quick or matters,
    )
