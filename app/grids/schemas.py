"""What callers of the grid routes send and get, and how an import is to be read."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import AfterValidator, Field

from app.config import CodeScheme
from app.coordinates import Crs
from app.filters import Bbox
from app.schemas import Code, In, Line, Longitude, Out


class Level(StrEnum):
    """What the polygons of a file are, from the top down."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    CELL = "cell"


class AreaLevel(StrEnum):
    """The levels above cells."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"


def _a_system(value: str) -> str:
    if not re.fullmatch(r"cgcs2000|wgs84|gcj02|bd09|epsg:\d{4,6}", value.lower()):
        raise ValueError(
            "应为 cgcs2000、wgs84、gcj02、bd09 或 EPSG:4509 这样的代码"
            "|must be cgcs2000, wgs84, gcj02, bd09 or a code like EPSG:4509"
        )
    return value.lower()


CrsName = Annotated[Line, AfterValidator(_a_system)]


class ImportOptions(In):
    """How a file is read and what is done with it."""

    level: Level
    code_field: Line = "code"
    name_field: Line = "name"
    parent_field: Line | None = Field(
        None, description="Default: `parent` where the file has it, else the beginning of the code"
    )
    level_field: Line | None = Field(
        None,
        description="Only features whose field equals `level` are taken. Default: `level` where "
        "the file has it and it holds nothing but level names",
    )
    layer: Line | None = Field(None, description="Needed where the file has several layers")
    encoding: Line | None = Field(None, description="Of a Shapefile's text; default: found out")
    crs: CrsName | None = Field(
        None,
        description="gcj02 or bd09 for data drawn on a vendor's map; else only where the file "
        "declares nothing or something wrong: cgcs2000, wgs84, EPSG:4509 …",
    )
    code_scheme: CodeScheme | None = Field(None, description="Default: the city's setting")
    dry_run: bool = Field(False, description="Only report")
    strict: bool = Field(False, description="Refuse on warnings too")


class ImportForm(ImportOptions):
    """An uploaded file and how to read it."""

    file: UploadFile = Field(description="GeoJSON, GeoPackage, or a zip that holds one Shapefile")


class Wording(Out):
    zh: str
    en: str


class FindingOut(Out):
    """One thing in the file that somebody should look at; `codes` of areas or cells, or #row."""

    kind: str
    severity: Literal["error", "warning"]
    codes: list[str]
    detail: Wording
    square_metres: float | None = None
    geometry: dict[str, Any] | None = Field(None, description="GeoJSON, where the finding lies")


class ChangesOut(Out):
    """What the import did, or would do: `opened` rows, `closed` and `replaced` older ones."""

    opened: int
    closed: int
    replaced: int
    unchanged: int


class ReportOut(Out):
    """What was found before anything was written."""

    features: int = 0
    skipped: int = Field(0, description="Features of another level")
    crs: str = ""
    errors: int = 0
    warnings: int = 0
    refused: bool = False
    counts: dict[str, int] = Field(default_factory=dict)
    changes: ChangesOut = ChangesOut(opened=0, closed=0, replaced=0, unchanged=0)
    findings: list[FindingOut] = Field(default_factory=list)
    findings_left_out: int = Field(0, description="Counted, but not listed: too many of one kind")
    failure: Wording | None = Field(None, description="Why the import could not be run")


class ImportSummary(Out):
    """One run of an import."""

    id: UUID
    status: Literal["queued", "running", "refused", "checked", "done", "failed"]
    level: Level
    file_name: str
    file_sha256: str
    options: dict[str, Any]
    progress: float = Field(description="0 to 1")
    account_id: UUID | None
    created_at: datetime
    finished_at: datetime | None


class ImportOut(ImportSummary):
    report: ReportOut | None


class ImportPage(Out):
    items: list[ImportSummary]
    next: str | None = Field(description="Send as `after` for the next page; null on the last")


class AreaRef(Out):
    code: str
    name: str
    level: AreaLevel


class Person(Out):
    id: UUID
    name: str


class UnitDuty(Out):
    """A unit that is responsible there: for a class, its beginning, or "" for all."""

    id: UUID
    name: str
    categories: list[str]


class CellVersionOut(Out):
    """A unit grid cell (单元网格) in one validity period; `lon`, `lat` are a point inside it."""

    code: str
    name: str
    parent_code: str | None
    area_code: str
    path: list[str]
    area_square_metres: float
    lon: float
    lat: float
    repaired: bool = Field(description="Its ring was invalid in the file and has been mended")
    valid_from: datetime
    valid_to: datetime | None


class CellOut(CellVersionOut):
    """A current cell, its areas from the top down, and the steward on duty."""

    areas: list[AreaRef]
    steward: Person | None


class CellPage(Out):
    items: list[CellOut]
    next: str | None = Field(description="Send as `after` for the next page; null on the last")


class CellVersions(Out):
    items: list[CellVersionOut]


class AreaOut(Out):
    """A district, subdistrict or community."""

    code: str
    name: str
    level: AreaLevel
    parent_code: str | None
    path: list[str]
    area_square_metres: float
    repaired: bool
    valid_from: datetime
    valid_to: datetime | None


class AreaPage(Out):
    items: list[AreaOut]
    next: str | None = Field(description="Send as `after` for the next page; null on the last")


class At(In):
    """A place, and perhaps a class of matters."""

    lon: Longitude
    lat: float = Field(ge=-180, le=180, allow_inf_nan=False)
    crs: Crs = Field(description="cgcs2000, wgs84 (phones), gcj02 (AMap, Tencent), bd09 (Baidu)")
    category: Code | None = Field(None, description="Class code: who is responsible for it here")


class CellAt(Out):
    code: str
    name: str
    area_code: str


class Nearest(Out):
    cell: str
    metres: float


class AtOut(Out):
    """Which cell a place lies in and who is on duty there; the lowest code on a shared border."""

    cell: CellAt | None
    areas: list[AreaRef]
    steward: Person | None
    owner: Person | None = Field(description="The unit responsible for `category`, or for all")
    units: list[UnitDuty]
    nearest: Nearest | None = Field(description="Outside every cell: the nearest one close by")
    swapped: str | None = Field(
        description="Outside every cell: the cell that (lat, lon) instead of (lon, lat) meets"
    )


class CellFilter(In):
    """Query parameters of the list of cells."""

    q: Line | None = Field(None, description="Beginning of a code, or a part of a name")
    area: Code | None = Field(None, description="Code of an area, or the beginning of a code")
    bbox: Bbox | None = None
    without_steward: bool = Field(False, description="true: only cells that nobody looks after")
    limit: int = Field(50, ge=1, le=200)
    after: str | None = Field(None, max_length=512, description="`next` of the page before")


class AreaFilter(In):
    """Query parameters of the list of areas."""

    level: AreaLevel | None = None
    parent: Code | None = Field(None, description="Code of the area right above")
    q: Line | None = Field(None, description="Beginning of a code, or a part of a name")
    limit: int = Field(50, ge=1, le=200)
    after: str | None = Field(None, max_length=512, description="`next` of the page before")
