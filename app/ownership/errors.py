"""What can go wrong with owners of matters, by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.problems import AppError, FieldProblem


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in one cell of a table, and what to do about it."""

    row: int
    column: str
    chinese: str
    english: str


class HolderUnclear(FieldProblem):
    """A matter is owned by one unit, one account or one role."""

    slug = "holder-unclear"
    title = ("责任主体须有且只有一个", "A matter has exactly one kind of holder")
    detail = (
        "unit（单位）、account（账号）、role（角色）三者只填其一",
        "Give one of `unit`, `account` and `role`, and only one",
    )


class PlaceUnclear(FieldProblem):
    """A place is a code or a drawing."""

    slug = "place-unclear"
    title = ("范围须唯一", "The place is told twice")
    detail = (
        "区域编码 place 与手绘范围 area 只能填其一；全市两者都不填",
        "Give `place` or `area`, not both; neither of them is the whole city",
    )


class UnusableArea(FieldProblem):
    """The drawing is no polygon that a place could lie in."""

    slug = "unusable-area"
    title = ("手绘范围无法使用", "The drawn area can't be used")
    detail = (
        "{reason}；请修正多边形后重新提交",
        "{reason}; mend the polygon and send it again",
    )


class EndBeforeBeginning(FieldProblem):
    """An ownership ends after it has begun, or when it begins: then it was withdrawn."""

    slug = "period-reversed"
    title = ("结束时间不得早于开始时间", "The end lies before the beginning")
    detail = (
        "请填写不早于 {start} 的时间；等于该时间表示撤销",
        "Give a time not before {start}; the same time withdraws it",
    )


class UnreadableTable(AppError):
    """The file is no table of owners."""

    slug, status = "unreadable-table", 422
    title = ("表格无法读取", "The table can't be read")
    detail = ("「{file}」：{reason}", "'{file}': {reason}")


class TooLongForExcel(AppError):
    """A cell of a spreadsheet holds at most 32,767 characters; a drawing has more."""

    slug, status = "too-long-for-excel", 409
    title = ("手绘范围超出 Excel 单元格长度", "A drawing is too long for a cell of Excel")
    detail = ("请改用 format=csv 导出", "Export with format=csv")


class DoubleRow(FieldProblem):
    """Two rows say the same."""

    slug = "double-row"
    title = ("行重复", "The row comes twice")
    detail = ("与第 {row} 行重复，请删除其一", "It repeats row {row}; delete one of them")


class BadRows(AppError):
    """Some rows can't be taken, so none is; `errors` names row, column and remedy."""

    slug, status = "bad-rows", 422
    title = ("表格中有错误，未导入任何内容", "Rows are wrong, nothing was imported")
    detail = (
        "{count} 处错误；请按提示修正后重新导入",
        "{count} mistakes; mend them as told and import again",
    )

    def __init__(self, bad: Sequence["Mistake"], count: int) -> None:
        super().__init__(count=count)
        self.bad = bad

    def problem(self, language: str = "zh") -> dict[str, Any]:
        """The problem, with one entry for each mistake in the file."""
        errors = [
            {
                "pointer": f"row/{one.row}/{one.column}",
                "detail": one.english if language == "en" else one.chinese,
            }
            for one in self.bad
        ]
        return super().problem(language) | {"errors": errors}
