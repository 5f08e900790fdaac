"""A row of a file → a case, or every reason why it can't be one."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from pydantic import ValidationError

from app.incidents.importing.errors import MissingColumns, RowRefused, UnusableMapping
from app.incidents.importing.mapping import Mapping, T, Values, importable, pieces_of
from app.incidents.schemas import IncidentReport
from app.incidents.states import ENDED, Source, Status
from app.words import wording

NAMESPACE = UUID("6f6a3c56-3f0e-5b58-9d0a-2f5d2f0f7a61")
"""Ids of imported cases are made below it; it must never change."""
LONGEST = {"description": 2000, "address": 200, "outcome": 10_000}
NEEDED = ("lon", "lat", "description", "reported_at")
KEPT = ("id", "status", "outcome")


@dataclass(frozen=True, slots=True)
class Case:
    """What one row says, checked: the report, and how the case went on."""

    number: int
    fields: list[str]
    report: IncidentReport
    reported_at: datetime
    status: Status
    closed_at: datetime | None
    data: dict[str, Any]

    @property
    def moved_at(self) -> datetime:
        """When the case came to its status: never before it was reported."""
        return max(self.closed_at or self.reported_at, self.reported_at)

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, if it has."""
        return self.moved_at if self.status in ENDED else None


def case_id(name: str, external_id: str) -> UUID:
    """The same case of the same source has the same id, whoever imports it and whenever."""
    return uuid5(NAMESPACE, f"{name}:{external_id}")


class Recipe:
    """A mapping made ready for a file's header."""

    def __init__(self, mapping: Mapping, header: Sequence[str], classes: frozenset[str]) -> None:
        self.mapping, self.width, self.classes = mapping, len(header), classes
        self.clock = mapping.time.clock()
        wanted = mapping.columns.names()
        missing = sorted({name for names in wanted.values() for name in names} - set(header))
        if missing:
            raise MissingColumns(
                missing=", ".join(missing), columns=", ".join(filter(None, header))
            )
        self._check_classes()
        self.columns = {field: ", ".join(names) for field, names in wanted.items()}
        self.readers = {field: _reader(getattr(mapping.columns, field), header) for field in wanted}
        self.notes: Counter[str] = Counter()

    def _check_classes(self) -> None:
        named = {f"category.map.{word}": code for word, code in self.mapping.category.map.items()}
        if self.mapping.category.default is not None:
            named["category.default"] = self.mapping.category.default
        unknown = {key: code for key, code in named.items() if code not in self.classes}
        if unknown:
            why = "no active class has the code"
            raise UnusableMapping([(key, f"{why} {code!r}") for key, code in unknown.items()])

    def id_of(self, fields: Sequence[str]) -> UUID:
        """The id that a row's case has, has had, or will have."""
        if len(fields) != self.width:
            raise RowRefused(f"has {len(fields)} fields, the header has {self.width}")
        external = self.readers["id"](fields)
        if not external:
            raise RowRefused(f"id ({self.columns['id']}) is empty")
        return case_id(self.mapping.name, external)

    def case(self, number: int, fields: list[str], id_: UUID) -> Case:
        """Check a row; a refusal tells all that is wrong with it."""
        return _Reading(self, fields).case(number, id_)


def _reader(text: str, header: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """How to make one field out of a row; a template whose columns are all empty is empty."""
    parts = pieces_of(text)
    literals, places = parts[::2], [header.index(name) for name in parts[1::2]]
    if len(places) == 1 and not any(literals):
        only = places[0]
        return lambda fields: fields[only].strip()

    def filled(fields: Sequence[str]) -> str:
        values = [fields[place].strip() for place in places]
        if places and not any(values):
            return ""
        pairs = zip(literals, [*values, ""], strict=True)
        return "".join(part for pair in pairs for part in pair).strip()

    return filled


class _Reading:
    """One row while it is being read: what is wrong is gathered, not thrown at once."""

    def __init__(self, recipe: Recipe, fields: list[str]) -> None:
        self.recipe, self.mapping, self.fields = recipe, recipe.mapping, fields
        self.reasons: list[str] = []
        self.notes: list[str] = []
        self.texts = {field: read(fields) for field, read in recipe.readers.items()}

    def case(self, number: int, id_: UUID) -> Case:
        for field in NEEDED:
            if not self.texts[field]:
                self.wrong(field, "is empty")
        for field in KEPT:
            if "\x00" in self.texts.get(field, ""):
                self.wrong(field, "holds the character U+0000")
        reported_at, closed_at = self.moment("reported_at"), self.moment("closed_at")
        status = self.word("status", self.mapping.status, importable)
        self.shorten()
        report = self.report(id_)
        if self.reasons or report is None or reported_at is None or status is None:
            raise RowRefused("; ".join(self.reasons))
        if closed_at is not None and closed_at < reported_at:
            self.notes.append("closed before it was reported: taken as closed at that moment")
        self.recipe.notes.update(self.notes)
        data = self.data(closed_at)
        return Case(number, self.fields, report, reported_at, status, closed_at, data)

    def wrong(self, field: str, why: str) -> None:
        column = self.recipe.columns.get(field)
        self.reasons.append(f"{field} ({column}) {why}" if column else f"{field} {why}")

    def moment(self, field: str) -> datetime | None:
        text = self.texts.get(field)
        if not text:
            return None
        try:
            found, oddity = self.recipe.clock.read(text)
        except ValueError as error:
            self.wrong(field, str(error))
            return None
        if oddity == "twice":
            self.notes.append("a local time that came twice in autumn: the first was taken")
        elif oddity == "skipped":
            self.notes.append("a local time that the clocks skipped in spring: an hour was added")
        return found

    def word(self, field: str, values: Values[T], ours: Callable[[str], T]) -> T | None:
        """A word of the file in our words: by the map, as it stands without one, by default."""
        text = self.texts.get(field, "")
        if text in values.map:
            return values.map[text]
        if text and not values.map:
            with suppress(ValueError):
                return ours(text)
        if values.default is not None:
            return values.default
        unknown = "is not in the mapping" if values.map else "is none of our codes"
        self.wrong(field, f"{text!r:.60} {unknown}" if text else "is empty")
        return None

    def shorten(self) -> None:
        if self.mapping.long_text != "cut":
            return
        for field, longest in LONGEST.items():
            if len(self.texts.get(field, "")) > longest:
                self.texts[field] = self.texts[field][: longest - 1] + "…"
                self.notes.append(f"{field} was cut to {longest} characters")

    def report(self, id_: UUID) -> IncidentReport | None:
        category = self.word("category", self.mapping.category, self.known_class)
        source = self.word("source", self.mapping.source, Source)
        raw = {
            "id": id_,
            "crs": self.mapping.crs,
            "category": category,
            "source": source,
            "lon": self.degrees("lon"),
            "lat": self.degrees("lat"),
            "description": self.texts["description"],
            "address": self.texts.get("address") or None,
        }
        try:
            return IncidentReport.model_validate(raw)
        except ValidationError as error:
            for found in error.errors():
                field = str(found["loc"][0])
                if raw[field]:
                    self.wrong(field, f"{raw[field]!s:.60}: {wording(found, 'en')}")
            return None

    def known_class(self, code: str) -> str:
        if code not in self.recipe.classes:
            raise ValueError(code)
        return code

    def degrees(self, field: str) -> str:
        text = self.texts[field]
        return text.replace(",", ".") if self.mapping.file.decimal == "," else text

    def data(self, closed_at: datetime | None) -> dict[str, Any]:
        """What the second fact tells, besides the status."""
        known = {
            "import": self.mapping.name,
            "external_id": self.texts["id"],
            "status_text": self.texts.get("status"),
            "closed_at": closed_at.isoformat() if closed_at else None,
            "outcome": self.texts.get("outcome"),
        }
        return {name: value for name, value in known.items() if value}
