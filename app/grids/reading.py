"""Reads polygon files of any declared coordinate system into features in stored degrees."""

import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from app.grids import files
from app.grids.degrees import Tick, nothing, to_degrees
from app.grids.errors import MissingCrs, UnknownField, UnknownLayer, UnreadableFile, WrongCrs
from app.grids.files import Format
from app.grids.schemas import ImportOptions, Level

ENCODINGS = ("UTF-8", "GB18030")
"""Tried in turn on Shapefiles that do not say: Chinese ones are often the second."""
LEVELS = frozenset(Level)
GDAL_ERRORS = (RuntimeError, ValueError, LookupError, UnboundLocalError)
"""What the library raises over damaged files; the last over a coordinate system without text."""


@dataclass(frozen=True, slots=True)
class Features:
    """A file's features of one level; `shapes` are in stored degrees, not yet mended."""

    codes: list[str | None]
    names: list[str | None]
    parents: list[str | None]
    shapes: Any
    crs: str
    approximate: bool
    skipped: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where in the file to look."""

    path: Path
    layer: str
    encoding: str | None
    fields: list[str]
    columns: dict[str, str]
    crs: CRS
    label: str


def check(path: Path, options: ImportOptions) -> None:
    """Raise what makes a file unreadable, without reading its shapes."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _plan(path, options, Path(folder))


def read(path: Path, options: ImportOptions, tick: Tick = nothing) -> Features:
    """The features of a file, all in stored degrees."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plan = _plan(path, options, Path(folder))
        shapes, table = _read_raw(plan)
        wanted, skipped = _of_level(plan, table, options)
        tick(0.2)
        found, approximate = to_degrees(
            shapes[wanted], plan.crs, options.crs, plan.label, lambda part: tick(0.2 + 0.8 * part)
        )

    def column(role: str) -> list[str | None]:
        values = table.get(plan.columns.get(role, ""))
        if values is None:
            return [None] * len(found)
        return [_text(value) for value in values[wanted]]

    return Features(
        column("code"),
        column("name"),
        column("parent"),
        found,
        plan.label,
        approximate,
        skipped,
    )


def _plan(path: Path, options: ImportOptions, folder: Path) -> _Plan:
    source, kind = files.unpacked(path, folder)
    if kind is Format.SHAPEFILE:
        files.whole_shapefile(source)
    try:
        layer = _layer(source, options)
        encoding, info = _info(source, kind, layer, options)
    except GDAL_ERRORS as error:
        raise UnreadableFile(file=path.name, reason=_plain(error, source)) from error
    if not info["features"]:
        raise UnreadableFile(file=path.name, reason="文件中没有要素 / it holds no features")
    fields = [str(name) for name in info["fields"]]
    crs = _crs(info["crs"], options)
    return _Plan(
        source, layer, encoding, fields, _columns(fields, options), crs, _label(crs, options)
    )


def _plain(error: Exception, source: Path) -> str:
    return str(error).replace(str(source), source.name)


def _layer(source: Path, options: ImportOptions) -> str:
    layers = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
    if not layers:
        raise UnreadableFile(file=source.name, reason="没有图形图层 / it holds no shapes")
    if options.layer is None and len(layers) == 1:
        return layers[0]
    if options.layer not in layers:
        raise UnknownLayer(layers=layers)
    return options.layer


def _info(
    source: Path, kind: Format, layer: str, options: ImportOptions
) -> tuple[str | None, dict[str, Any]]:
    """What the layer is, and the encoding under which all its text can be read."""
    if kind is not Format.SHAPEFILE:
        return None, pyogrio.read_info(source, layer=layer)
    encodings: Sequence[str | None] = ENCODINGS
    if options.encoding is not None or files.has_codepage(source):
        encodings = (options.encoding,)
    for encoding in encodings:
        try:
            info = pyogrio.read_info(source, layer=layer, encoding=encoding)
            pyogrio.raw.read(source, layer=layer, encoding=encoding, read_geometry=False)
        except (UnicodeDecodeError, LookupError):
            continue
        return encoding, info
    tried = ", ".join(str(encoding) for encoding in encodings)
    reason = f"文字编码不是 {tried}，请指定 encoding / text is not in {tried}; name the encoding"
    raise UnreadableFile(file=source.name, reason=reason)


def _crs(declared: str | None, options: ImportOptions) -> CRS:
    """The system of the numbers; a vendor's shift lies on top of what the file declares."""
    named = options.crs or ""
    shifted = named in ("gcj02", "bd09")
    if named and not shifted:
        wanted = {"cgcs2000": "EPSG:4490", "wgs84": "EPSG:4326"}.get(named, named.upper())
    elif declared is not None:
        wanted = declared
    elif shifted:
        wanted = "EPSG:4326"
    else:
        raise MissingCrs
    try:
        crs = CRS.from_user_input(wanted)
    except CRSError as error:
        raise WrongCrs(crs=wanted) from error
    return crs


def _label(crs: CRS, options: ImportOptions) -> str:
    named = options.crs or ""
    authority = crs.to_authority()
    label = ":".join(authority) if authority else str(crs.name)
    return f"{label} ({named})" if named in ("gcj02", "bd09") else label


def _columns(fields: Sequence[str], options: ImportOptions) -> dict[str, str]:
    """Which field holds what; the two that may be absent are taken where the file has them."""
    columns = {"code": options.code_field, "name": options.name_field}
    for role, named in (("parent", options.parent_field), ("level", options.level_field)):
        if named is not None:
            columns[role] = named
        elif role in fields:
            columns[role] = role
    for named in columns.values():
        if named not in fields:
            raise UnknownField(field=named, fields=list(fields))
    return columns


def _read_raw(plan: _Plan) -> tuple[Any, dict[str, Any]]:
    columns = sorted(set(plan.columns.values()))
    try:
        meta, _, wkb, data = pyogrio.raw.read(
            plan.path, layer=plan.layer, encoding=plan.encoding, columns=columns, force_2d=True
        )
    except GDAL_ERRORS as error:
        raise UnreadableFile(file=plan.path.name, reason=_plain(error, plan.path)) from error
    table = dict(zip((str(name) for name in meta["fields"]), data, strict=True))
    if wkb is None:
        wkb = np.full(len(data[0]), None, dtype=object)
    return shapely.from_wkb(wkb, on_invalid="ignore"), table


def _of_level(plan: _Plan, table: dict[str, Any], options: ImportOptions) -> tuple[Any, int]:
    """Which features are of the wanted level, and how many are not."""
    column = plan.columns.get("level")
    count = len(table[plan.columns["code"]])
    everything = np.ones(count, dtype=bool)
    if column is None:
        return everything, 0
    levels = [_text(value) for value in table[column]]
    if options.level_field is None and not set(levels) <= LEVELS:
        return everything, 0
    wanted = np.array([level == options.level for level in levels])
    return wanted, int(count - wanted.sum())


def _text(value: Any) -> str | None:
    """A field's value as text: numbers without a decimal part, nothing for blanks."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value).replace("\x00", "").strip() or None
