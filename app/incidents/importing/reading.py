"""CSV in: the header, the number of rows, then the rows one by one."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.incidents.importing.errors import (
    BrokenCsv,
    BrokenGzip,
    DoubleColumns,
    NoHeader,
    WrongEncoding,
)
from app.incidents.importing.mapping import FileFormat

Row = tuple[int, list[str]]
"""A row's number as a spreadsheet shows it (the header is 1), and its fields."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose every byte has been read once: it decodes, and this many rows are in it."""

    path: Path
    form: FileFormat
    header: tuple[str, ...]
    total: int


def examine(path: Path, form: FileFormat) -> Table:
    """Read a file through before anything is written, so that it can't fail half-way."""
    with _records(path, form) as records:
        header = tuple(name.strip().lstrip("\ufeff") for name in next(records, []))
        total = sum(1 for fields in records if fields)
    if not any(header):
        raise NoHeader(path=str(path))
    double = sorted({name for name in header if header.count(name) > 1 and name})
    if double:
        raise DoubleColumns(columns=", ".join(double))
    return Table(path, form, header, total)


def rows(table: Table) -> Iterator[Row]:
    """Every row that is not empty."""
    with _records(table.path, table.form) as records:
        next(records, None)
        for number, fields in enumerate(records, start=2):
            if fields:
                yield number, fields


@contextmanager
def _records(path: Path, form: FileFormat) -> Iterator[Iterator[list[str]]]:
    """A reader whose complaints say what to do about them."""
    try:
        with _opened(path, form.encoding) as file:
            yield csv.reader(file, delimiter=form.delimiter)
    except UnicodeDecodeError as error:
        byte = error.object[error.start : error.start + 1].hex()
        raise WrongEncoding(path=str(path), encoding=form.encoding, byte=byte) from None
    except csv.Error as error:
        raise BrokenCsv(path=str(path), why=str(error)) from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BrokenGzip(path=str(path), why=str(error)) from None


def _opened(path: Path, encoding: str) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")
