"""Tables of owners as people keep them: CSV and Excel, read and written."""

import csv
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from app.config import settings
from app.ownership.errors import TooLongForExcel, UnreadableTable

Format = Literal["csv", "xlsx"]
Fields = dict[str, str | datetime]
"""What a row says, by column; empty cells are left out."""
COLUMNS = {
    "unit": "单位编码",
    "account": "账号",
    "role": "角色",
    "place": "区域编码",
    "area": "手绘范围",
    "category": "类别",
    "valid_from": "开始时间",
    "valid_to": "结束时间",
}
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAX_ROWS = 50_000
UNPACKED_FACTOR = 8
EXCEL_LONGEST = 32_767
_DAMAGED = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    zlib.error,
    EOFError,
    KeyError,
    IndexError,
    ValueError,
)
_NAMES = {name: name for name in COLUMNS} | {label: name for name, label in COLUMNS.items()}


def read(name: str, content: bytes) -> list[tuple[int, Fields]]:
    """Rows that are not empty, with the number that a spreadsheet shows: the header is 1."""
    records = _excel(name, content) if content.startswith(b"PK\x03\x04") else _csv(name, content)
    try:
        columns = _columns(name, next(records, []))
        rows = [
            (number, fields)
            for number, record in enumerate(records, 2)
            if (fields := _fields(name, number, columns, record))
        ]
    except csv.Error as error:
        raise _unreadable(name, f"不是有效的 CSV（{error}）", f"not CSV ({error})") from error
    if not rows:
        raise _unreadable(name, "没有数据行", "it has no rows")
    if len(rows) > MAX_ROWS:
        raise _unreadable(name, f"超过 {MAX_ROWS} 行", f"it has more than {MAX_ROWS} rows")
    return rows


def write(form: Format, rows: Iterable[Sequence[str]]) -> bytes:
    """A table that `read` takes back."""
    return _written_excel(rows) if form == "xlsx" else _written_csv(rows)


def _columns(name: str, header: Sequence[Any]) -> list[str]:
    """The columns by name; one that is unknown, or comes twice, is no guess of ours."""
    labels = [str(label or "").strip() for label in header]
    while labels and not labels[-1]:
        labels.pop()
    known = "、".join(COLUMNS.values())
    if not labels:
        raise _unreadable(name, f"没有表头；列名为 {known}", f"no header; columns: {[*COLUMNS]}")
    for label in labels:
        if label not in _NAMES or labels.count(label) > 1:
            raise _unreadable(
                name,
                f"列「{label}」不认识或重复；列名为 {known}",
                f"the column '{label}' is unknown or comes twice; columns: {[*COLUMNS]}",
            )
    return [_NAMES[label] for label in labels]


def _fields(name: str, number: int, columns: Sequence[str], record: Sequence[Any]) -> Fields:
    values = [_value(value) for value in record]
    if any(values[len(columns) :]):
        raise _unreadable(
            name, f"第 {number} 行的单元格多于表头", f"row {number} has more cells than the header"
        )
    return {column: value for column, value in zip(columns, values, strict=False) if value}


def _value(value: Any) -> str | datetime:
    """A cell as text; spreadsheets like to make numbers of codes."""
    if value is None or isinstance(value, datetime):
        return value or ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _csv(name: str, content: bytes) -> Iterator[Sequence[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return iter(csv.reader(io.StringIO(text, newline=""), strict=True))
    raise _unreadable(name, "编码既非 UTF-8 也非 GB18030", "neither UTF-8 nor GB18030 text")


def _excel(name: str, content: bytes) -> Iterator[Sequence[Any]]:
    limit = settings().max_batch_body_bytes * UNPACKED_FACTOR
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > limit:
                raise _unreadable(name, "解压后过大", "it is too large when unpacked")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return iter(list(book.worksheets[0].iter_rows(values_only=True)))
    except _DAMAGED as error:
        raise _unreadable(name, "不是完整的 Excel 文件", "not a whole Excel file") from error


def _written_csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS.values())
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _written_excel(rows: Iterable[Sequence[str]]) -> bytes:
    """Every cell is text: neither a code nor a formula is guessed from it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("ownership")
    sheet.append([*COLUMNS.values()])
    for row in rows:
        if max(map(len, row)) > EXCEL_LONGEST:
            raise TooLongForExcel
        cells = [WriteOnlyCell(sheet, value) for value in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _unreadable(name: str, chinese: str, english: str) -> UnreadableTable:
    return UnreadableTable(file=name, reason=(chinese, english))
