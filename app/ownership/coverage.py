"""Classes times cells that nobody owns, or several do.

Pairs are never looked at one by one. A cell is a ladder of places, narrow to wide, of which only
those count that own something; cells with one ladder share one answer, and an answer is two sets
of classes, each the bits of an integer. A cell is judged at its centre.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Ladder = tuple[tuple[str, ...], ...]
"""Places from narrow to wide; several on one rung are equally narrow."""
CITY = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody owns a class, or all that begin so, in a place: a code, or the id of a drawing."""

    place: str
    category: str
    holder: str
    square_metres: float | None


@dataclass(frozen=True, slots=True)
class Where:
    """A cell: its path, the drawings that hold its centre, the area that it is summed up in."""

    code: str
    path: Sequence[str]
    drawings: Sequence[str]
    area: str | None


@dataclass(frozen=True, slots=True)
class Lacks:
    """Classes that nobody owns, and those that several do, as bits."""

    none: int
    several: int


class Coverage:
    """All claims in effect, asked cell by cell."""

    def __init__(self, classes: Sequence[str], claims: Iterable[Claim]) -> None:
        self.classes = classes
        self._sizes: dict[str, float] = {}
        self._holders: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for claim in claims:
            self._holders[claim.place][claim.category].add(claim.holder)
            if claim.square_metres is not None:
                self._sizes[claim.place] = claim.square_metres
        self._rungs: dict[Ladder, Mapping[str, int]] = {}
        self._lacks: dict[Ladder, Lacks] = {}

    @cached_property
    def _bits(self) -> Mapping[str, int]:
        """The classes that begin with a code."""
        bits: Counter[str] = Counter()
        for number, code in enumerate(self.classes):
            for prefix in {CITY, code[:1], code[:3], code}:
                bits[prefix] += 1 << number
        return bits

    def at(self, where: Where) -> Lacks:
        """What is wrong in a cell."""
        ladder = self._ladder(where)
        found = self._lacks.get(ladder)
        if found is None:
            found = self._lacks[ladder] = self._judge(self._counted(ladder))
        return found

    def codes(self, bits: int) -> Iterator[str]:
        """The classes of a set, in their order."""
        return (code for number, code in enumerate(self.classes) if bits >> number & 1)

    def _ladder(self, where: Where) -> Ladder:
        *above, own = where.path
        drawn: dict[float, list[str]] = defaultdict(list)
        for drawing in where.drawings:
            if drawing in self._sizes:
                drawn[self._sizes[drawing]].append(drawing)
        rungs = [(own,), *(tuple(sorted(drawn[size])) for size in sorted(drawn))]
        rungs += [(code,) for code in (*reversed(above), CITY)]
        return tuple(rung for rung in rungs if any(place in self._holders for place in rung))

    def _counted(self, ladder: Ladder) -> Mapping[str, int]:
        """For each code that is owned: how many hold it on the narrowest rung that has it.

        What lies above the narrowest rung is shared by many cells and so remembered.
        """
        counts: Mapping[str, int] = {}
        for start in range(len(ladder) - 1, 0, -1):
            above = ladder[start:]
            if above not in self._rungs:
                self._rungs[above] = {**counts, **self._held(ladder[start])}
            counts = self._rungs[above]
        return {**counts, **self._held(ladder[0])} if ladder else counts

    def _held(self, rung: tuple[str, ...]) -> Mapping[str, int]:
        held: dict[str, set[str]] = defaultdict(set)
        for place in rung:
            for category, holders in self._holders.get(place, {}).items():
                held[category] |= holders
        return {category: len(holders) for category, holders in held.items()}

    def _judge(self, counts: Mapping[str, int]) -> Lacks:
        """The narrowest code of a class decides."""
        decided = several = 0
        for category in sorted(counts, key=len, reverse=True):
            fresh = self._bits.get(category, 0) & ~decided
            decided |= fresh
            if counts[category] > 1:
                several |= fresh
        return Lacks(self._bits.get(CITY, 0) & ~decided, several)


@dataclass(slots=True)
class Sum:
    """Cells, and pairs of a class and a cell."""

    cells: int = 0
    none: int = 0
    several: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums by class and by area (None: cells in no area of the level)."""

    by_class: Mapping[str, Sum]
    by_area: Mapping[str | None, Sum]


def totals(coverage: Coverage, cells: Iterable[Where]) -> Totals:
    """Count what is wrong."""
    alike = Counter((where.area, coverage.at(where)) for where in cells)
    by_area: dict[str | None, Sum] = defaultdict(Sum)
    by_class = {code: Sum() for code in coverage.classes}
    by_lacks: Counter[Lacks] = Counter()
    for (area, lacks), count in alike.items():
        found = by_area[area]
        found.cells += count
        found.none += count * lacks.none.bit_count()
        found.several += count * lacks.several.bit_count()
        by_lacks[lacks] += count
    for lacks, count in by_lacks.items():
        for code in coverage.codes(lacks.none):
            by_class[code].none += count
        for code in coverage.codes(lacks.several):
            by_class[code].several += count
    return Totals(by_class, by_area)


def pairs(
    coverage: Coverage, cells: Iterable[Where], *, none: bool, several: bool
) -> Iterator[tuple[str, str, bool]]:
    """Pairs of a cell and a class with something wrong, and whether several own it."""
    for where in cells:
        lacks = coverage.at(where)
        wanted = (lacks.none if none else 0) | (lacks.several if several else 0)
        for number, code in enumerate(coverage.classes):
            if wanted >> number & 1:
                yield where.code, code, bool(lacks.several >> number & 1)
