"""What callers of ownership send and get."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import orjson
from fastapi import UploadFile
from pydantic import BeforeValidator, Field

from app.config import settings
from app.coordinates import Crs
from app.grids.schemas import AreaLevel, Wording
from app.people.schemas import AccountRef, Change, MatterCode, Next, Paged, PlaceCode, UnitRef
from app.permissions import Role
from app.schemas import Code, In, Latitude, Longitude, Moment, Out, Place, Text

Position = tuple[Longitude, Latitude]
Ring = Annotated[list[Position], Field(min_length=4)]
Rings = Annotated[list[Ring], Field(min_length=1)]
ExactPlace = Annotated[
    Annotated[Text, Field(max_length=64)] | None,
    Field(description="Exactly this code; empty: the whole city"),
]
ExactMatter = Annotated[
    Annotated[Text, Field(max_length=64)] | None,
    Field(description="Exactly this code; empty: every class"),
]


class DrawnPolygon(In):
    """A GeoJSON polygon and the system that its degrees are in."""

    type: Literal["Polygon"]
    crs: Crs
    coordinates: Rings

    def polygons(self) -> list[list[list[tuple[float, float]]]]:
        """The rings of each part."""
        return [self.coordinates]


class DrawnMultiPolygon(In):
    """A GeoJSON multipolygon and the system that its degrees are in."""

    type: Literal["MultiPolygon"]
    crs: Crs
    coordinates: Annotated[list[Rings], Field(min_length=1)]

    def polygons(self) -> list[list[list[tuple[float, float]]]]:
        """The rings of each part."""
        return self.coordinates


Drawn = Annotated[DrawnPolygon | DrawnMultiPolygon, Field(discriminator="type")]


class NewOwner(In):
    """Who owns a class of matters in a place, from–to."""

    unit: UUID | None = Field(None, description="A unit; or else `account` or `role`")
    account: UUID | None = Field(None, description="A person, or a partner's system")
    role: Role | None = Field(None, description="Whoever has this duty in the place")
    place: PlaceCode = None
    area: Drawn | None = Field(None, description="In the stead of `place`: an area drawn by hand")
    category: MatterCode = None
    valid_from: Moment | None = Field(None, description="Now, if left out")
    valid_to: Moment | None = Field(None, description="null: until further notice")


class OwnerChange(Change):
    """End an ownership or prolong it; ended when it begins, it is withdrawn."""

    clearable: ClassVar[frozenset[str]] = frozenset({"valid_to"})

    valid_to: Moment | None = None


class OwnerFilter(Paged):
    unit: UUID | None = None
    account: UUID | None = None
    role: Role | None = None
    place: ExactPlace = None
    drawn: bool | None = Field(None, description="Only drawn areas, or only codes")
    category: ExactMatter = None
    at: Moment | None = Field(None, description="In effect at this moment; now, if left out")
    all_periods: bool = Field(False, description="Also those that are over or have not begun")


class AreaOut(Out):
    """A drawn area as it can be sent back."""

    type: Literal["MultiPolygon"]
    crs: Crs
    coordinates: list[list[list[list[float]]]]

    @classmethod
    def of(cls, geojson: str) -> "AreaOut":
        """From GeoJSON in stored degrees."""
        return cls(**{**orjson.loads(geojson), "crs": Crs.CGCS2000})


class OwnerOut(Out):
    """One ownership. `category: null` is every class; no place and no area, the whole city."""

    id: UUID
    unit: UnitRef | None
    account: AccountRef | None
    role: Role | None
    place: str | None
    area: AreaOut | None
    area_square_metres: float | None
    category: str | None
    valid_from: datetime
    valid_to: datetime | None


class OwnerPage(Out):
    items: list[OwnerOut]
    next: Next


class Question(Place):
    """Whose is a class at a place."""

    category: Code = Field(description="A class, e.g. C0101")
    at: Moment | None = Field(None, description="At this moment; now, if left out")


class FoundOwner(Out):
    """One owner of the best rank. Of a role: `account` is who has the duty, if exactly one has."""

    id: UUID = Field(description="The ownership, as GET /api/v1/ownership/{id} has it")
    kind: Literal["unit", "account", "role"]
    unit: UUID | None
    account: UUID | None
    role: Role | None
    name: str
    partner: bool = Field(description="The account is a partner's system")
    reason: Wording


class FindingOut(Out):
    """`unique`, `several` that tie, or `none`; `cell` is the cell that holds the place."""

    verdict: Literal["unique", "several", "none"]
    cell: str | None
    owners: list[FoundOwner]


class Lack(StrEnum):
    """What is wrong with a class in a cell."""

    NONE = "none"
    SEVERAL = "several"


class CoverageFilter(In):
    at: Moment | None = Field(None, description="At this moment; now, if left out")
    area: Code | None = Field(None, description="Only cells of this area")
    level: AreaLevel = Field(AreaLevel.SUBDISTRICT, description="Areas to sum up by")


class ClassCoverage(Out):
    category: str
    name: str
    none: int = Field(description="Cells in which nobody owns this class")
    several: int = Field(description="Cells in which several do")


class AreaCoverage(Out):
    """`area: null` sums up the cells that lie in no area of the level."""

    area: str | None
    name: str | None
    cells: int
    none: int = Field(description="Pairs of a class and a cell that nobody owns")
    several: int


class CoverageOut(Out):
    """Classes times cells: how many pairs nobody owns, how many several do. Worst first."""

    cells: int
    classes: int
    none: int
    several: int
    by_class: list[ClassCoverage]
    by_area: list[AreaCoverage]


class GapFilter(Paged):
    verdict: Lack | None = None
    category: Code | None = Field(None, description="The beginning of a class's code")
    area: Code | None = Field(None, description="Only cells of this area")
    at: Moment | None = Field(None, description="At this moment; now, if left out")


class GapOut(Out):
    cell: str
    category: str
    category_name: str
    verdict: Lack


class GapPage(Out):
    items: list[GapOut]
    next: Next


def _drawn(value: Any) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise ValueError(
            f"不是有效的 GeoJSON（{error}）|not GeoJSON ({error}); see what an export gives"
        ) from error


def _local(value: Any) -> Any:
    """Times without a zone are in the city's."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError(
            "应为 ISO 8601 日期或时间，例如 2026-09-01 或 2026-09-01T08:00:00+08:00"
            "|must be an ISO 8601 date or time, e.g. 2026-09-01 or 2026-09-01T08:00:00+08:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=settings().zone)


LocalMoment = Annotated[Moment | None, BeforeValidator(_local)]


class OwnerRow(In):
    """A row of a table: codes and names in the stead of ids, empty cells left out."""

    unit: Code | None = None
    account: Code | None = None
    role: Role | None = None
    place: Code | None = None
    area: Annotated[Drawn | None, BeforeValidator(_drawn)] = None
    category: Code | None = None
    valid_from: LocalMoment = None
    valid_to: LocalMoment = None


class ChangeLine(Out):
    """What an import does to one ownership; `row` of the file, where it is in there."""

    change: Literal["added", "changed", "ended"]
    row: int | None
    holder: str = Field(description="A unit's code, an account's name or a role")
    place: str | None
    area_square_metres: float | None
    category: str | None
    valid_from: datetime
    valid_to: datetime | None


class ImportForm(In):
    """A table that says all that is owned; what it lacks is ended."""

    file: UploadFile = Field(description="CSV or Excel, with the columns that an export has")
    dry_run: bool = Field(True, description="Only report the difference")


class BadRow(Out):
    row: int = Field(description="As a spreadsheet counts: the header is 1")
    column: str
    detail: Wording


class ImportReport(Out):
    """The difference between the file and what is kept. With bad rows nothing is written."""

    written: bool
    rows: int
    added: int
    changed: int
    ended: int
    unchanged: int
    bad: int
    lines: list[ChangeLine] = Field(description="The first 500 differences, endings first")
    bad_rows: list[BadRow] = Field(description="The first 500 mistakes")
