"""What a table would change: row by row against what is kept, without writing anything."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from app.ownership.drawing import Drawing, drawing
from app.ownership.errors import (
    DoubleRow,
    EndBeforeBeginning,
    HolderUnclear,
    Mistake,
    PlaceUnclear,
)
from app.ownership.schemas import OwnerRow
from app.ownership.tables import Fields
from app.people.errors import (
    PeriodReversed,
    UnknownAccount,
    UnknownMatter,
    UnknownPlace,
    UnknownUnit,
)
from app.people.models import Post
from app.problems import FieldProblem
from app.words import wording


@dataclass(frozen=True, slots=True)
class Key:
    """What makes two ownerships the same, whatever their periods."""

    unit: UUID | None
    account: UUID | None
    role: str | None
    place: str | None
    drawing: bytes | None
    category: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An ownership that is kept; `holder` as a table names it."""

    key: Key
    post: Post
    holder: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may name: units and accounts by their names, with whether they are active."""

    units: Mapping[str, tuple[UUID, bool]]
    accounts: Mapping[str, tuple[UUID, bool]]
    places: frozenset[str]
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Added:
    """A row that is not kept yet."""

    row: int
    key: Key
    drawing: Drawing | None
    holder: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that is kept with another end."""

    row: int
    kept: Kept
    valid_to: datetime | None


@dataclass(slots=True)
class Difference:
    """All that a table would change; with mistakes, nothing is changed."""

    added: list[Added] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    ended: list[Kept] = field(default_factory=list)
    unchanged: int = 0
    mistakes: list[Mistake] = field(default_factory=list)


def difference(
    rows: Iterable[tuple[int, Fields]], known: Known, kept: Sequence[Kept], now: datetime
) -> Difference:
    """Rows that are new or end otherwise; what is in effect, or will be, and has no row, ends."""
    comparison = _Comparison(known, kept, now)
    for number, fields in rows:
        comparison.take(number, fields)
    found = comparison.found
    found.ended = [
        one for one in kept if one.post.id not in comparison.rows and _lives(one.post, now)
    ]
    return found


def _lives(post: Post, now: datetime) -> bool:
    """Neither over nor withdrawn."""
    return post.valid_to is None or post.valid_to > max(now, post.valid_from)


class _Comparison:
    def __init__(self, known: Known, kept: Sequence[Kept], now: datetime) -> None:
        self.known, self.now, self.found = known, now, Difference()
        self.kept: dict[Key, list[Kept]] = defaultdict(list)
        for one in kept:
            self.kept[one.key].append(one)
        self.rows: dict[UUID, int] = {}
        self.fresh: dict[tuple[Key, datetime | None], int] = {}

    def take(self, number: int, fields: Fields) -> None:
        """Judge a row alone; what is wrong with it is kept with its remedy."""
        try:
            self._settle(number, OwnerRow.model_validate(fields))
        except ValidationError as error:
            self.found.mistakes += [
                Mistake(number, str(one["loc"][0]), wording(one, "zh"), wording(one, "en"))
                for one in error.errors()
            ]
        except FieldProblem as problem:
            words = (problem.problem(language)["detail"] for language in ("zh", "en"))
            self.found.mistakes.append(Mistake(number, problem.pointer[1:], *words))

    def _settle(self, number: int, row: OwnerRow) -> None:
        key, drawn = self._key(row)
        kept = self._match(key, row.valid_from)
        if kept is None:
            self._add(number, row, key, drawn)
            return
        if kept.post.id in self.rows:
            raise DoubleRow(f"/{_holder(row)[0]}", row=self.rows[kept.post.id])
        self.rows[kept.post.id] = number
        before, after = kept.post.valid_to, row.valid_to
        if before == after:
            self.found.unchanged += 1
            return
        if after is not None and after < kept.post.valid_from:
            raise EndBeforeBeginning("/valid_to", start=kept.post.valid_from.isoformat())
        if after is None or (before is not None and after > before):
            self._active(row)
        self.found.changed.append(Changed(number, kept, after))

    def _key(self, row: OwnerRow) -> tuple[Key, Drawing | None]:
        column, name = _holder(row)
        units, accounts = self.known.units, self.known.accounts
        if row.unit and row.unit not in units:
            raise UnknownUnit("/unit", unit=row.unit)
        if row.account and row.account not in accounts:
            raise UnknownAccount("/account", account=row.account)
        if row.place and row.area is not None:
            raise PlaceUnclear("/area")
        drawn = drawing(row.area.polygons(), row.area.crs) if row.area is not None else None
        key = Key(
            unit=units[name][0] if column == "unit" else None,
            account=accounts[name][0] if column == "account" else None,
            role=name if column == "role" else None,
            place=None if drawn else row.place or "",
            drawing=drawn.wkb if drawn else None,
            category=row.category or "",
        )
        return key, drawn

    def _match(self, key: Key, start: datetime | None) -> Kept | None:
        """What is kept under this key: from the moment named, or else what is in effect now."""
        found = [one for one in self.kept.get(key, ()) if self._meant(one.post, start)]
        free = (one for one in found if one.post.id not in self.rows)
        return next(free, found[0] if found else None)

    def _meant(self, post: Post, start: datetime | None) -> bool:
        if start is not None:
            return post.valid_from == start
        return post.valid_from <= self.now and _lives(post, self.now)

    def _add(self, number: int, row: OwnerRow, key: Key, drawn: Drawing | None) -> None:
        self._active(row)
        if row.place and row.place not in self.known.places:
            raise UnknownPlace("/place", place=row.place)
        if row.category and row.category not in self.known.categories:
            raise UnknownMatter("/category", category=row.category)
        start = row.valid_from or self.now
        if row.valid_to is not None and row.valid_to <= start:
            raise PeriodReversed("/valid_to", start=start.isoformat())
        first = self.fresh.setdefault((key, row.valid_from), number)
        column, name = _holder(row)
        if first != number:
            raise DoubleRow(f"/{column}", row=first)
        self.found.added.append(Added(number, key, drawn, name, start, row.valid_to))

    def _active(self, row: OwnerRow) -> None:
        """Whoever is given something now must be there."""
        if row.unit and not self.known.units[row.unit][1]:
            raise UnknownUnit("/unit", unit=row.unit)
        if row.account and not self.known.accounts[row.account][1]:
            raise UnknownAccount("/account", account=row.account)


def _holder(row: OwnerRow) -> tuple[str, str]:
    """The column that names the holder, and the name."""
    given = {"unit": row.unit, "account": row.account, "role": row.role}
    named = [(column, str(name)) for column, name in given.items() if name is not None]
    if len(named) != 1:
        raise HolderUnclear("/unit")
    return named[0]
