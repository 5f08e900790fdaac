"""The mapping file: which columns of a CSV mean what (docs/examples/boston311.toml)."""

import codecs
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from app.coordinates import Crs
from app.incidents.importing.errors import UnusableMapping
from app.incidents.importing.times import Clock
from app.incidents.states import Source, Status
from app.schemas import Code, In
from app.words import wording

T = TypeVar("T")
IMPORTABLE = (
    Status.REPORTED,
    Status.ACCEPTED,
    Status.FILED,
    Status.DISPATCHED,
    Status.HANDLING,
    Status.HANDLED,
    Status.CHECKING,
    Status.CHECKED,
    Status.CLOSED,
    Status.REJECTED,
    Status.VOIDED,
)
"""States that need nothing beside the case: no task, no moment of resuming, no other case."""
_BRACES = re.compile(r"\{([^{}]+)\}")
_YEAR = re.compile(r"%[YyGcx]")


def _known_encoding(name: str) -> str:
    try:
        b"a".decode(name, "replace")
    except LookupError:
        raise ValueError(f"不认识的编码 {name!r}|{name!r} is not a known text encoding") from None
    return codecs.lookup(name).name


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"不认识的时区 {name!r}|{name!r} is no IANA zone like Asia/Shanghai"
        ) from None


def _time_format(layout: str) -> str:
    try:
        moment = datetime.now(UTC)
        datetime.strptime(moment.strftime(layout), layout)  # noqa: DTZ007 (only tried, not kept)
    except (ValueError, re.error):
        raise ValueError(f"时间格式有误 {layout!r}|{layout!r} is not a strptime format") from None
    if not _YEAR.search(layout):
        raise ValueError(f"时间格式没有年份 {layout!r}|{layout!r} holds no year")
    return layout


def _template(text: str) -> str:
    if "{" in _BRACES.sub("", text) or "}" in _BRACES.sub("", text):
        raise ValueError("花括号须成对，内为列名|braces go around a column's name, in pairs")
    return text


ColumnText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    AfterValidator(_template),
]
"""A column's name, or a text with columns in braces: "{STREET} {NUMBER}"."""


def importable(word: str) -> Status:
    """The state of this name, if cases may be imported in it."""
    if word not in IMPORTABLE:
        known = ", ".join(IMPORTABLE)
        raise ValueError(
            f"{word!r} 不可导入，可用：{known}|{word!r} cannot be imported; take one of {known}"
        )
    return Status(word)


Importable = Annotated[Status, BeforeValidator(importable)]


class FileFormat(In):
    """How the bytes are to be read; a name that ends in .gz is unpacked on the way."""

    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8-sig"
    delimiter: Annotated[str, StringConstraints(pattern='^[^"\r\n]$')] = ","
    decimal: Literal[".", ","] = "."


class Columns(In):
    """What each of our fields is made of."""

    id: ColumnText
    lon: ColumnText
    lat: ColumnText
    description: ColumnText
    reported_at: ColumnText
    category: ColumnText | None = None
    address: ColumnText | None = None
    status: ColumnText | None = None
    source: ColumnText | None = None
    closed_at: ColumnText | None = None
    outcome: ColumnText | None = None

    def names(self) -> dict[str, list[str]]:
        """The columns that each field needs."""
        texts = {field: getattr(self, field) for field in type(self).model_fields}
        return {field: columns_in(text) for field, text in texts.items() if text is not None}


class Times(In):
    """How times are written, and where the clock that they were read from hung."""

    zone: Annotated[str, AfterValidator(_known_zone)]
    formats: tuple[Annotated[str, AfterValidator(_time_format)], ...] = ()

    def clock(self) -> Clock:
        """What reads them."""
        return Clock(self.formats, ZoneInfo(self.zone))


class Values(In, Generic[T]):
    """Words of the file → words of ours; without a map, the file already uses ours."""

    map: dict[Annotated[str, StringConstraints(strip_whitespace=True)], T] = Field(
        default_factory=dict
    )
    default: T | None = None


class Mapping(In):
    """One kind of file. `name` makes the ids of its cases: never change it between runs."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    crs: Crs
    long_text: Literal["reject", "cut"] = "reject"
    file: FileFormat = FileFormat()
    columns: Columns
    time: Times
    category: Values[Code] = Values[Code]()
    status: Values[Importable] = Values[Importable](default=Status.REPORTED)
    source: Values[Source] = Values[Source](default=Source.IMPORT)

    @model_validator(mode="after")
    def _every_word_comes_from_somewhere(self) -> "Mapping":
        for name in ("category", "status", "source"):
            if getattr(self.columns, name) is None and getattr(self, name).default is None:
                raise ValueError(
                    f"请指明 columns.{name} 或 {name}.default"
                    f"|name columns.{name}, or give {name}.default"
                )
        return self


def columns_in(text: str) -> list[str]:
    """The columns that a name or a template uses."""
    return _BRACES.findall(text) if "{" in text else [text]


def pieces_of(text: str) -> list[str]:
    """A template's parts: literal text at even places, columns at odd ones."""
    return _BRACES.split(text) if "{" in text else ["", text, ""]


def load(path: Path) -> Mapping:
    """Read a mapping file, or say everything that is wrong with it."""
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise UnusableMapping([(str(path), "is not a text in UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        raise UnusableMapping([(str(path), f"is not TOML: {error}")]) from None
    return of(read)


def of(read: dict[str, Any]) -> Mapping:
    """Check what a mapping file holds."""
    try:
        return Mapping.model_validate(read)
    except ValidationError as error:
        raise UnusableMapping(
            [
                (".".join(str(part) for part in e["loc"]) or "mapping", wording(e, "en"))
                for e in error.errors()
            ]
        ) from None
