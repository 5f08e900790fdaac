"""An edition as a file, in and out: JSON or an Excel workbook."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from app.catalog.content import Content
from app.catalog.errors import UnsupportedCatalogFile
from app.catalog.parts import PARTS
from app.catalog.raw import META, Raw, Row, judge

MEDIA_TYPES: Mapping[str, str] = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(content: Content, kind: str) -> bytes:
    """The bytes of a file; JSON is the same for the same content, to the letter."""
    if kind == "xlsx":
        from app.catalog import workbook  # openpyxl: 16 MB that few processes need

        return workbook.write(content)
    return orjson.dumps(content.model_dump(mode="json"), option=orjson.OPT_INDENT_2)


def read(name: str, data: bytes) -> Content:
    """What a file holds; its first bytes tell its format, and every bad row is named."""
    if data.startswith(b"PK\x03\x04"):
        from app.catalog import workbook

        return judge(workbook.read(name, data))
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return judge(_json(name, data))
    reason = ("请上传 .xlsx 或 .json", "send .xlsx or .json")
    raise UnsupportedCatalogFile(file=name, reason=reason)


def _json(name: str, data: bytes) -> Raw:
    try:
        found: dict[str, Any] = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        told = f"第 {error.lineno} 行不是有效的 JSON", f"line {error.lineno} is not JSON"
        raise UnsupportedCatalogFile(file=name, reason=told) from error
    raw = Raw(_place, Row(1, found.pop(META, {})))
    for part in PARTS:
        rows = found.pop(part.name, None)
        if isinstance(rows, list):
            raw.rows[part.name] = [Row(number, row) for number, row in enumerate(rows, 1)]
        else:
            raw.missing(part.name)
    for key in found:
        raw.note(
            key, 1, (), "不认识的字段，请删除或检查拼写", "Unknown: remove it or mend its name"
        )
    return raw


def _place(part: str, location: Sequence[int | str]) -> tuple[str, str]:
    return part, "/".join(map(str, location))
