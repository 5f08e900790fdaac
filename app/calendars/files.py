"""The city's days as CSV, as spreadsheets of China read and write it."""

import csv
import io
from collections.abc import Iterable
from datetime import date

from pydantic import TypeAdapter, ValidationError

from app.calendars.errors import Finding, UnreadableDays
from app.calendars.models import CalendarDay
from app.calendars.schemas import Date, DayIn
from app.words import wording

COLUMNS = {"日期": "date", "上班": "works", "名称": "name", "时段": "windows"}
MOST_ROWS = 5000
_WORKS = {
    **dict.fromkeys(("true", "1", "是", "上班"), True),
    **dict.fromkeys(("false", "0", "否", "休息"), False),
}
_DATE: TypeAdapter[date] = TypeAdapter(Date)


def write(days: Iterable[CalendarDay]) -> str:
    """What `read` reads; the mark at the beginning tells Excel that it is UTF-8."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS.values())
    for day in days:
        table.writerow([day.date, str(day.works).lower(), day.name, " ".join(day.windows)])
    return "\ufeff" + out.getvalue()


def read(content: bytes) -> dict[date, DayIn]:
    """Days by date; every wrong cell is told, and then nothing is taken."""
    rows = _rows(content)
    found: dict[date, DayIn] = {}
    findings: list[Finding] = []
    for line, row in rows:
        try:
            day = _day(row["date"])
            if day in found:
                raise _Wrong(
                    "date", "该日期重复，请只保留一行", "the day comes twice; keep one line"
                )
            found[day] = _word(row)
        except _Wrong as error:
            findings.append(Finding(line, error.column, error.words))
        except ValidationError as error:
            findings += [
                Finding(line, str((*each["loc"], "")[0]), _words(each)) for each in error.errors()
            ]
    if findings:
        raise UnreadableDays(findings)
    return found


class _Wrong(Exception):
    def __init__(self, column: str, *words: str) -> None:
        self.column, self.words = column, (words[0], words[1])


def _words(error: object) -> tuple[str, str]:
    return wording(error, "zh"), wording(error, "en")  # type: ignore[arg-type]


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """Lines that hold anything, with their number in the file."""
    table = csv.reader(io.StringIO(_text(content)))
    try:
        names = _heading(next(table, []))
        rows = [(table.line_num, [cell.strip() for cell in row]) for row in table]
    except csv.Error as error:
        raise _at(table.line_num, f"无法解析：{error}", f"can't be read: {error}") from error
    if len(rows) > MOST_ROWS:
        told = f"最多 {MOST_ROWS} 行，请拆分文件"
        raise _at(MOST_ROWS, told, f"at most {MOST_ROWS} lines; split the file")
    for line, row in rows:
        if any(row[len(names) :]):
            told = "单元格多于首行的列，含逗号的文字请加引号"
            raise _at(line, told, "more cells than columns; put text with commas into quotes")
    blank = dict.fromkeys(COLUMNS.values(), "")
    return [(line, blank | dict(zip(names, row, strict=False))) for line, row in rows if any(row)]


def _heading(cells: list[str]) -> list[str]:
    names = [COLUMNS.get(cell.strip(), cell.strip().lower()) for cell in cells]
    required = {"date", "works", "name"}
    if len(names) > len(set(names)) or not required <= set(names) <= set(COLUMNS.values()):
        told = f"首行应为 {'、'.join(COLUMNS)}（时段可省略）"
        raise _at(1, told, "the first line is date,works,name,windows (windows may be left out)")
    return names


def _text(content: bytes) -> str:
    """UTF-8, or what Excel writes in China."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _at(1, "请另存为 UTF-8 编码的 CSV", "save the file as CSV in UTF-8")


def _at(line: int, chinese: str, english: str) -> UnreadableDays:
    return UnreadableDays([Finding(line, "", (chinese, english))])


def _day(text: str) -> date:
    """2026-03-07, or 2026/3/7 as spreadsheets make it."""
    try:
        year, month, day = (int(part) for part in text.replace("/", "-").split("-"))
        return _DATE.validate_python(date(year, month, day))
    except ValueError as error:
        told = f"「{text}」不是日期，例如 2026-03-07"
        raise _Wrong("date", told, f"'{text}' is no date; write 2026-03-07") from error


def _word(row: dict[str, str]) -> DayIn:
    works = _WORKS.get(row["works"].lower())
    if works is None:
        raise _Wrong("works", "请填写 上班 或 休息", "write true (work) or false (rest)")
    return DayIn(works=works, name=row["name"], windows=row["windows"].split())
