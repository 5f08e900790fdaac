"""The rows that did not become cases, as a CSV that can be mended and imported again."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from app.incidents.importing.errors import RejectsNotWritable, RejectsOverFile
from app.incidents.importing.reading import Table


def beside(path: Path) -> Path:
    """Where rejects go unless somebody says otherwise: `cases.csv.gz` → `cases.rejects.csv`."""
    name = path.name.removesuffix(".gz").removesuffix(".csv")
    return path.with_name(f"{name}.rejects.csv")


class Rejects:
    """Written as they come, in the file's own form; without rejects there is no file."""

    def __init__(self, path: Path, table: Table) -> None:
        if path.absolute() == table.path.absolute():
            raise RejectsOverFile(path=str(path))
        self.path, self.table, self.count = path, table, 0
        self._stack = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> "Rejects":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def add(self, number: int, fields: Sequence[str], reason: str) -> None:
        """Keep a row as it was, with its number and the reason."""
        if self._writer is None:
            self._writer = self._begin()
        width = len(self.table.header)
        padded = [*fields[:width], *[""] * (width - len(fields))]
        self._writer.writerow([*padded, number, reason, *fields[width:]])
        self.count += 1

    def _begin(self) -> Any:
        form, header = self.table.form, self.table.header
        try:
            opened = self.path.open("w", encoding=form.encoding, errors="replace", newline="")
        except OSError as error:
            raise RejectsNotWritable(path=str(self.path), why=error.strerror) from None
        file = self._stack.enter_context(opened)
        writer = csv.writer(file, delimiter=form.delimiter)
        writer.writerow([*header, _free("row", header), _free("reason", header)])
        return writer


def _free(name: str, header: Sequence[str]) -> str:
    while name in header:
        name = f"import_{name}"
    return name
