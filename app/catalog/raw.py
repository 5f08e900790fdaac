"""What was read from a file, judged row by row: an edition's content, or every thing wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from app.catalog.content import ClassRow, Content, EditionMeta
from app.catalog.errors import BadCatalogFile, Finding
from app.catalog.parts import CLASSES, PARTS, Part
from app.schemas import In
from app.words import wording

T = TypeVar("T", bound=In)
Location = Sequence[int | str]
Place = Callable[[str, Location], tuple[str, str]]
"""How a file names a part and a field of it."""
META = "edition"


@dataclass(frozen=True)
class Row:
    """A row as the file counts it; what is wrong with `failed` fields is noted already."""

    number: int
    values: Any
    failed: frozenset[str] = frozenset()


@dataclass
class Raw:
    """The rows of a file by part, and what is known to be wrong with them."""

    place: Place
    meta: Row = Row(1, {})
    rows: dict[str, list[Row]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def note(self, part: str, row: int, location: Location, chinese: str, english: str) -> None:
        """Something is wrong at a place."""
        sheet, column = self.place(part, location)
        self.findings.append(Finding(sheet, row, column, (chinese, english)))

    def missing(self, part: str) -> None:
        """A whole part is not there: leaving it out would drop all of its rows."""
        name = self.place(part, ())[0]
        self.note(part, 1, (), f"缺少「{name}」，没有内容也请保留", f"'{name}' is missing")


def judge(raw: Raw) -> Content:
    """The content of a file, if nothing is wrong with it."""
    meta = _valid(raw, META, raw.meta, EditionMeta)
    rows = {part.name: _part(raw, part) for part in PARTS}
    _known_classes(raw, rows)
    _same_big_names(raw, rows[CLASSES.name])
    if raw.findings or meta is None:
        raise BadCatalogFile(raw.findings)
    kept = {name: [row for _, row in numbered] for name, numbered in rows.items()}
    return Content(edition=meta, **kept)


def _valid(raw: Raw, part: str, row: Row, kind: type[T]) -> T | None:
    try:
        return kind.model_validate(row.values)
    except ValidationError as error:
        for one in error.errors():
            if not row.failed.intersection(one["loc"][:1]):
                chinese, english = wording(one, "zh"), wording(one, "en")
                raw.note(part, row.number, one["loc"], chinese, english)
        return None


def _part(raw: Raw, part: Part) -> list[tuple[int, Any]]:
    found: list[tuple[int, Any]] = []
    seen: dict[str, int] = {}
    for row in raw.rows.get(part.name, []):
        valid: Any = _valid(raw, part.name, row, part.row)
        if valid is None:
            continue
        first = seen.setdefault(valid.code, row.number)
        if first != row.number:
            raw.note(
                part.name,
                row.number,
                (part.key,),
                f"「{valid.code}」与第 {first} 行重复，请删除其一",
                f"'{valid.code}' is in row {first} already; remove one",
            )
        found.append((row.number, valid))
    return found


def _known_classes(raw: Raw, rows: dict[str, list[tuple[int, Any]]]) -> None:
    listed = [row.values for row in raw.rows.get(CLASSES.name, [])]
    known = {values.get("code") for values in listed if isinstance(values, dict)}
    for part in PARTS[1:]:
        for number, row in rows[part.name]:
            if row.category_code is not None and row.category_code not in known:
                raw.note(
                    part.name,
                    number,
                    ("category_code",),
                    f"类别「{row.category_code}」不在类别表中，请先在类别表添加",
                    f"Class '{row.category_code}' is not among the classes; add it there",
                )


def _same_big_names(raw: Raw, classes: list[tuple[int, ClassRow]]) -> None:
    for number, row, name in _strangers(classes):
        raw.note(
            CLASSES.name,
            number,
            ("big_name",),
            f"大类 {row.code[:3]} 在前面的行中名为「{name}」，请统一",
            f"Rows above call the big class {row.code[:3]} '{name}'; name it alike",
        )


def _strangers(classes: list[tuple[int, ClassRow]]) -> Iterator[tuple[int, ClassRow, str]]:
    names: dict[str, str] = {}
    for number, row in classes:
        name = names.setdefault(row.code[:3], row.big_name)
        if name != row.big_name:
            yield number, row, name
