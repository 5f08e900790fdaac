"""From a file's shapes and the current rows to the rows that are opened and closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from app.grids import geometry, topology
from app.grids.codes import Parent
from app.grids.report import Changes
from app.grids.topology import Drawn


@dataclass(frozen=True, slots=True)
class Incoming:
    """The features of a file that have a shape, ready to become rows."""

    drawn: Drawn
    names: Sequence[str]
    square_metres: Sequence[float]
    repaired: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Current:
    """Rows of the same level as they stand, as far as the file can touch them."""

    ids: Sequence[UUID]
    names: Sequence[str]
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Opened:
    """A row to write; its shape as hexadecimal WKB."""

    code: str
    name: str
    parent: Parent | None
    area: str
    square_metres: float
    lon: float
    lat: float
    repaired: bool

    @property
    def path(self) -> list[str]:
        """Codes from the top down to its own."""
        return [*(self.parent.path if self.parent else ()), self.code]


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows to open and to close."""

    opened: Sequence[Opened] = ()
    closed: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of the current rows, by position: a new version follows, the shapes of others
    cover it, or it stays. `unchanged` holds positions of incoming features.
    """

    changed: list[int]
    replaced: list[int]
    staying: list[int]
    unchanged: frozenset[int]

    def counted(self, opened: int) -> Changes:
        """The summary for the report."""
        return Changes(opened, len(self.changed), len(self.replaced), len(self.unchanged))


def fate_of(current: Current, incoming: Incoming) -> Fate:
    """Compare by code; a row whose code the file does not have goes if others cover most of it."""
    where = {code: position for position, code in enumerate(current.drawn.codes)}
    codes = incoming.drawn.codes
    pairs = [(i, where[code]) for i, code in enumerate(codes) if code in where]
    unchanged = _unchanged(current, incoming, pairs)
    met = {position for _, position in pairs}
    others = [position for position in range(len(current.drawn)) if position not in met]
    covered = topology.mostly_covered(current.drawn.shapes[others], incoming.drawn.shapes)
    return Fate(
        sorted({position for i, position in pairs if i not in unchanged}),
        [position for position, gone in zip(others, covered, strict=True) if gone],
        [position for position, gone in zip(others, covered, strict=True) if not gone],
        unchanged,
    )


def _unchanged(
    current: Current, incoming: Incoming, pairs: Sequence[tuple[int, int]]
) -> frozenset[int]:
    mine, theirs = [i for i, _ in pairs], [position for _, position in pairs]
    alike = geometry.same(incoming.drawn.shapes[mine], current.drawn.shapes[theirs])
    return frozenset(
        i
        for (i, position), equal in zip(pairs, alike, strict=True)
        if equal
        and incoming.names[i] == current.names[position]
        and incoming.drawn.parents[i] == current.drawn.parents[position]
    )


def staying(current: Current, fate: Fate) -> Drawn:
    """The current rows that the import leaves in place and the file does not have."""
    return Drawn(
        [current.drawn.codes[position] for position in fate.staying],
        [current.drawn.parents[position] for position in fate.staying],
        current.drawn.shapes[fate.staying],
    )


def plan(current: Current, incoming: Incoming, fate: Fate, parents: Mapping[str, Parent]) -> Plan:
    """The rows to write."""
    fresh = [i for i in range(len(incoming.drawn)) if i not in fate.unchanged]
    shapes = incoming.drawn.shapes[fresh]
    described = zip(fresh, geometry.wkb_hex(shapes), geometry.centres(shapes), strict=True)
    return Plan(
        [_opened(incoming, parents, i, area, centre) for i, area, centre in described],
        [current.ids[position] for position in (*fate.changed, *fate.replaced)],
    )


def _opened(
    incoming: Incoming, parents: Mapping[str, Parent], i: int, area: str, centre: Any
) -> Opened:
    above = incoming.drawn.parents[i]
    lon, lat = (float(part) for part in np.asarray(centre))
    return Opened(
        incoming.drawn.codes[i],
        incoming.names[i],
        parents[above] if above else None,
        area,
        incoming.square_metres[i],
        lon,
        lat,
        incoming.repaired[i],
    )
