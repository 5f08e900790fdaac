"""Files of rows that are never kept: CSV that spreadsheets open in Chinese, and workbooks."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.exports.columns import Column, Value
from app.exports.models import Format

BOM = "utf-8-sig"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
SHOWN_AS = "%Y-%m-%d %H:%M:%S"
MOMENT_FORMAT = "yyyy-mm-dd hh:mm:ss"
SHEET_ROWS = 1_000_000
"""A sheet holds 1,048,576; what is more goes on the next one."""


class Writer(Protocol):
    """A file that takes rows one after the other."""

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Some more rows."""

    def close(self) -> None:
        """No more will come."""


def writer(path: Path, format_: str, columns: Sequence[Column]) -> Writer:
    """A new file whose first row holds the titles."""
    return Xlsx(path, columns) if format_ == Format.XLSX else Csv(path, columns)


class Csv:
    """Comma-separated values, UTF-8 with a byte order mark."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._file = path.open("w", encoding=BOM, newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow([column.title for column in columns])

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Some more rows."""
        self._rows.writerows([_shown(value) for value in row] for row in rows)

    def close(self) -> None:
        """No more will come."""
        self._file.close()


def _shown(value: Value) -> Value:
    """As text shows it; what looks like a formula is kept from being one."""
    if isinstance(value, datetime):
        return value.strftime(SHOWN_AS)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


class Xlsx:
    """A workbook that is streamed to the disk."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._path, self._columns = path, columns
        self._book = Workbook(write_only=True)
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheet: Any = self._book.create_sheet()
        self._sheet.freeze_panes = "A2"
        for number, column in enumerate(self._columns, 1):
            self._sheet.column_dimensions[get_column_letter(number)].width = column.width
        self._sheet.append([self._title(column.title) for column in self._columns])
        self._rows = 0

    def _title(self, text: str) -> Any:
        cell = WriteOnlyCell(self._sheet, text)
        cell.font = Font(bold=True)
        return cell

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Some more rows."""
        for row in rows:
            if self._rows == SHEET_ROWS:
                self._begin_sheet()
            self._sheet.append([self._cell(value) for value in row])
            self._rows += 1

    def _cell(self, value: Value) -> Any:
        """A real date, a number, or text that is no formula whatever it begins with."""
        if isinstance(value, datetime):
            cell = WriteOnlyCell(self._sheet, value.replace(microsecond=0))
            cell.number_format = MOMENT_FORMAT
            return cell
        if isinstance(value, str):
            cell = WriteOnlyCell(self._sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
            cell.data_type = "s"
            return cell
        return value

    def close(self) -> None:
        """No more will come."""
        self._book.save(self._path)
