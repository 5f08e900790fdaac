"""The order of units by what became of their cases. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's numbers over a period."""

    id: str
    name: str
    dispatched: int
    handled: int
    closed: int
    closed_late: int
    overdue: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Unit":
        """From a row of `screen.sql`."""
        counts = (row[name] for name in cls.__dataclass_fields__ if name not in ("id", "name"))
        return cls(row["key"], row["name"], *counts)

    @property
    def in_time_rate(self) -> float | None:
        """The share of what it closed that was handled in time."""
        return round(1 - self.closed_late / self.closed, 4) if self.closed else None


def ranks(units: Iterable[Unit], at_least: int) -> dict[str, int]:
    """The ranks of units that had enough cases; those that are equal share one."""
    scores = {
        unit.id: (rate, unit.closed)
        for unit in units
        if (rate := unit.in_time_rate) is not None and unit.dispatched >= at_least
    }
    places: dict[tuple[float, int], int] = {}
    for place, score in enumerate(sorted(scores.values(), reverse=True), 1):
        places.setdefault(score, place)
    return {unit: places[score] for unit, score in scores.items()}
