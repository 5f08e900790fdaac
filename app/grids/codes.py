"""Codes, names and parents of an import: national structure (6+3+3+3 digits) or any text."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.config import CodeScheme
from app.grids.report import Finding, Kind, error, warning
from app.grids.schemas import Level

LEVELS = tuple(Level)
DIGITS = {Level.DISTRICT: 6, Level.SUBDISTRICT: 9, Level.COMMUNITY: 12, Level.CELL: 15}
LONGEST_FREE_CODE = 64


def above(level: Level) -> list[str]:
    """The levels that may hold one."""
    return [str(higher) for higher in LEVELS[: LEVELS.index(level)]]


@dataclass(frozen=True, slots=True)
class Parent:
    """A current area that features of the file name as the one above them."""

    path: tuple[str, ...]
    shape: Any


@dataclass(frozen=True, slots=True)
class Rows:
    """What the file says of each feature, apart from its shape."""

    level: Level
    scheme: CodeScheme
    codes: Sequence[str | None]
    names: Sequence[str | None]
    given_parents: Sequence[str | None]

    @property
    def labels(self) -> list[str]:
        """The code of each feature, or its number in the file."""
        return [code or f"#{n}" for n, code in enumerate(self.codes, 1)]

    @property
    def parents(self) -> list[str | None]:
        """The code of the area above each: as given, else the beginning of a national code.

        Nothing stands above a district here, whatever the file says of its city.
        """
        if self.level is Level.DISTRICT:
            return [None] * len(self.codes)
        pairs = zip(self.codes, self.given_parents, strict=True)
        return [given or self._prefix(code) for code, given in pairs]

    def _prefix(self, code: str | None) -> str | None:
        if self.scheme is not CodeScheme.NATIONAL or code is None:
            return None
        return code[: DIGITS[LEVELS[LEVELS.index(self.level) - 1]]]


def findings(
    rows: Rows, parents: Mapping[str, Parent], taken: Mapping[str, str]
) -> Iterator[Finding]:
    """All that is wrong with codes, names and parents."""
    seen = Counter(code for code in rows.codes if code)
    twice = {code for code, count in seen.items() if count > 1}
    columns = zip(rows.labels, rows.codes, rows.names, rows.parents, strict=True)
    for label, code, name, parent in columns:
        yield from _of_code(rows, label, code, parent)
        if name is None:
            yield warning(
                Kind.MISSING_NAME,
                [label],
                "没有名称，将以编码为名",
                "it has no name; its code will stand for one",
            )
        if code is not None and code in taken:
            yield error(
                Kind.DUPLICATE_CODE,
                [label],
                f"编码已被另一层级（{taken[code]}）使用",
                f"the code is in use at another level ({taken[code]})",
            )
        if code and parent and parent not in parents:
            yield _unknown_parent(rows.scheme, label, parent)
    for code in sorted(twice):
        yield error(
            Kind.DUPLICATE_CODE,
            [code],
            f"编码在文件中出现 {seen[code]} 次",
            f"the code occurs {seen[code]} times in the file",
        )


def _of_code(rows: Rows, label: str, code: str | None, parent: str | None) -> Iterator[Finding]:
    if code is None:
        yield error(Kind.MISSING_CODE, [label], "没有编码", "it has no code")
        return
    if rows.scheme is CodeScheme.FREE:
        if len(code) > LONGEST_FREE_CODE or not code.isprintable():
            yield error(
                Kind.BAD_CODE,
                [label],
                f"编码应为不超过 {LONGEST_FREE_CODE} 个可见字符",
                f"a code has at most {LONGEST_FREE_CODE} printable characters",
            )
        return
    digits = DIGITS[rows.level]
    if not re.fullmatch(rf"[1-9][0-9]{{{digits - 1}}}", code) or code.endswith("000"):
        yield error(
            Kind.BAD_CODE,
            [label],
            f"编码应为 {digits} 位数字（{_structure(digits)}），末段不为 000",
            f"the code must have {digits} digits ({_structure(digits)}) and not end in 000",
        )
    elif parent is not None and not code.startswith(parent):
        yield error(
            Kind.BAD_CODE,
            [label],
            f"编码与所属区域 {parent} 不符",
            f"the code does not begin with that of its parent, {parent}",
        )


def _structure(digits: int) -> str:
    return "+".join(["6", *["3"] * ((digits - 6) // 3)])


def _unknown_parent(scheme: CodeScheme, label: str, parent: str) -> Finding:
    if scheme is CodeScheme.NATIONAL:
        return error(
            Kind.UNKNOWN_PARENT,
            [label],
            f"没有上级区域 {parent}；请先导入它",
            f"there is no area {parent} above it; import that first",
        )
    return warning(
        Kind.UNKNOWN_PARENT,
        [label],
        f"没有上级区域 {parent}；将独立存在",
        f"there is no area {parent} above it; it will stand alone",
    )
