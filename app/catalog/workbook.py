"""An edition as an Excel workbook: written, and read back."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.catalog.cells import META, SHEETS, Column
from app.catalog.content import Content
from app.catalog.errors import UnsupportedCatalogFile
from app.catalog.parts import Part
from app.catalog.raw import Raw, Row
from app.problems import AppError

MAX_ROWS = 20_000
MAX_COLUMNS = 64
WRAPPED = Alignment(wrap_text=True, vertical="top")
MAX_UNPACKED_BYTES = 64 * 1_048_576
_TOO_LARGE = ("解压后过大", "too large when it is unpacked")
_DAMAGED = ("文件已损坏或已加密", "it is damaged or encrypted")


def write(content: Content) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    meta: Any = book.active
    meta.title = META[0]
    for field, header in META[1].items():
        _append(meta, [header, getattr(content.edition, field)])
        meta.cell(meta.max_row, 1).font = Font(bold=True)
    meta.column_dimensions["B"].width = 90
    for part, columns in SHEETS.items():
        sheet = book.create_sheet(part.title[0])
        _head(sheet, columns)
        for row in content.rows(part.name):
            values = row.model_dump(mode="json")
            _append(sheet, [_cell(column, values[column.field]) for column in columns])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _append(sheet: Worksheet, values: list[Any]) -> None:
    """A row whose text wraps, and is text also where it begins with = like a formula."""
    sheet.append(values)
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"
            cell.alignment = WRAPPED


def _cell(column: Column, value: Any) -> Any:
    return None if value in (None, "", []) else column.write(value)


def _head(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.append([column.header for column in columns])
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, 1):
        letter = get_column_letter(index)
        head = sheet.cell(1, index)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="FFDDE8F0")
        sheet.column_dimensions[letter].width = column.width
        if column.choices:
            allowed = DataValidation("list", formula1=f'"{",".join(column.choices)}"')
            allowed.error = f"只能是：{'、'.join(column.choices)}"
            sheet.add_data_validation(allowed)
            allowed.add(f"{letter}2:{letter}{MAX_ROWS}")


def read(name: str, data: bytes) -> Raw:
    """The cells of a workbook as rows to be judged; what is wrong with its shape is noted."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise UnsupportedCatalogFile(file=name, reason=_TOO_LARGE)
        return _read(load_workbook(BytesIO(data), read_only=True, data_only=True))
    except AppError:
        raise
    except Exception as error:  # a damaged workbook raises whatever its XML gives rise to
        raise UnsupportedCatalogFile(file=name, reason=_DAMAGED) from error


def _read(book: Workbook) -> Raw:
    raw = Raw(_place)
    if META[0] in book.sheetnames:
        raw.meta = _meta(book[META[0]])
    for part, columns in SHEETS.items():
        if part.title[0] in book.sheetnames:
            raw.rows[part.name] = list(_rows(raw, part, columns, book[part.title[0]]))
        else:
            raw.missing(part.name)
    return raw


def _place(part: str, location: Sequence[int | str]) -> tuple[str, str]:
    field = str(location[0]) if location else ""
    for known, columns in SHEETS.items():
        if known.name == part:
            headers = {column.field: column.header for column in columns}
            return known.title[0], headers.get(field, field)
    return META[0], META[1].get(field, field)


def _meta(sheet: Any) -> Row:
    fields = {header: field for field, header in META[1].items()}
    pairs = (
        (_text(header), _text(value))
        for header, value, *_ in sheet.iter_rows(max_row=50, min_col=1, max_col=2, values_only=True)
    )
    return Row(1, {fields[name]: value for name, value in pairs if name in fields and value})


def _rows(raw: Raw, part: Part, columns: Sequence[Column], sheet: Any) -> Iterator[Row]:
    lines = sheet.iter_rows(max_row=MAX_ROWS + 1, min_col=1, max_col=MAX_COLUMNS, values_only=True)
    headers = [_text(cell) for cell in next(lines, ())]
    if not _headers_fit(raw, part, columns, headers):
        return
    by_header = {column.header: column for column in columns}
    for number, line in enumerate(lines, 2):
        cells = {
            by_header[header]: text
            for header, text in zip(headers, map(_text, line), strict=False)
            if header and text
        }
        if number > MAX_ROWS and cells:
            raw.note(part.name, number, (), f"最多 {MAX_ROWS} 行", f"At most {MAX_ROWS} rows")
        elif cells:
            yield _row(raw, part, number, cells)


def _headers_fit(
    raw: Raw, part: Part, columns: Sequence[Column], headers: Sequence[str | None]
) -> bool:
    named = [header for header in headers if header]
    wanted = [column.header for column in columns]
    for header in wanted:
        if named.count(header) != 1:
            sentence = f"表头须有且只有一列「{header}」", f"The header row needs one '{header}'"
            raw.note(part.name, 1, (header,), *sentence)
    for header in named:
        if header not in wanted:
            sentence = f"不认识的列「{header}」，请删除", f"Unknown column '{header}': remove it"
            raw.note(part.name, 1, (header,), *sentence)
    return sorted(named) == sorted(wanted)


def _row(raw: Raw, part: Part, number: int, cells: Mapping[Column, str]) -> Row:
    values: dict[str, Any] = {}
    failed = set()
    for column, text in cells.items():
        try:
            values[column.field] = column.read(text)
        except ValueError as error:
            chinese, _, english = str(error).partition("|")
            raw.note(part.name, number, (column.field,), chinese, english)
            failed.add(column.field)
    return Row(number, values, frozenset(failed))


def _text(value: Any) -> str | None:
    """A cell as people see it: 3, not 3.0."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None
