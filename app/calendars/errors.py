"""What can go wrong with the calendar and its files, by name."""

from typing import Any, NamedTuple

from app.problems import AppError, FieldProblem


class OutOfReach(AppError):
    """A limit does not end within a hundred years of the calendar's work time."""

    slug, status = "deadline-out-of-reach", 422
    title = ("时限过长，百年内无法到期", "The limit does not end within a hundred years")
    detail = (
        "请减小时限，或在日历中增加工作时段",
        "Choose a smaller limit, or add work time to the calendar",
    )


class TooLittleWork(FieldProblem):
    """Work time is so rare that limits which are allowed would never end."""

    slug = "too-little-work-time"
    title = ("工作时段太少", "Too little work time")
    detail = (
        "按此日历，允许的最长时限（{limit}）百年内无法到期；请增加工作时段，或减小 hours_per_day",
        "By this calendar the longest allowed limit ({limit}) does not end within a hundred years; "
        "add work time, or lower hours_per_day",
    )


class Finding(NamedTuple):
    """What is wrong in a line (1 is the heading) and column of a file, in Chinese and English."""

    line: int
    column: str
    words: tuple[str, str]


class UnreadableDays(AppError):
    """A file of days is wrong; nothing of it was taken."""

    slug, status = "unreadable-days", 422
    title = ("日期文件有误，未导入任何一天", "The file of days is wrong; nothing was imported")

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__()
        self.findings = findings

    def problem(self, language: str = "zh") -> dict[str, Any]:
        """Every wrong cell, by line and column."""
        index = 1 if language == "en" else 0
        errors = [
            {
                "pointer": f"/file/{found.line}/{found.column}".rstrip("/"),
                "detail": found.words[index],
            }
            for found in self.findings
        ]
        return super().problem(language) | {"errors": errors}
