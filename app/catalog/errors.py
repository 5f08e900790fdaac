"""What can go wrong with the catalogue, by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.problems import AppError, FieldProblem, constraint, pointer


class NotADraft(AppError):
    """A published or retired edition never changes."""

    slug, status = "edition-not-a-draft", 409
    title = ("版本已发布，不能再修改", "The edition is published and never changes")
    detail = (
        "第 {edition} 版的状态为 {state}；请用 POST /api/v1/catalog/editions 建立草稿后再修改",
        "Edition {edition} is {state}; make a draft with POST /api/v1/catalog/editions and"
        " change that",
    )


class EditionOutdated(AppError):
    """Another edition was published after the draft was made; publishing it would undo that."""

    slug, status = "edition-outdated", 409
    title = ("草稿已过时", "The draft is out of date")
    detail = (
        "草稿建立之后已有其他版本发布；请查看差异，导出该草稿并重新导入，再发布新的草稿",
        "Another edition was published since this draft was made; look at the difference, export"
        " the draft, import it again and publish the new draft",
    )


class EditionEmpty(AppError):
    """An edition without classes would leave nothing to report."""

    slug, status = "edition-empty", 409
    title = ("版本中没有类别", "The edition holds no class")
    detail = ("请至少添加一个类别再发布", "Add one class at least, then publish")


class NothingPublished(AppError):
    """There is no edition to start from or to compare with."""

    slug, status = "nothing-published", 409
    title = ("尚无已发布的版本", "No edition is published")
    detail = (
        "请运行 wangge migrate 载入默认版本，或导入一个版本并发布",
        "Run wangge migrate, which loads the default, or import an edition and publish it",
    )


class CodeMismatch(FieldProblem):
    """The address and the body name different things."""

    slug = "code-mismatch"
    title = ("地址与内容的编码不一致", "The address and the body disagree")
    detail = (
        "地址中是「{address}」，内容对应「{code}」，请改为一致",
        "The address says '{address}', the body is '{code}'; make them the same",
    )


class UnknownClass(FieldProblem):
    """The draft holds no class with this code."""

    slug = "unknown-class"
    title = ("草稿中没有这个类别", "The draft has no such class")
    detail = (
        "类别「{category}」不在第 {edition} 版中，请先添加该类别",
        "Edition {edition} has no class '{category}'; add the class first",
    )


class BigNameDiffers(FieldProblem):
    """All classes of a big class name it alike."""

    slug = "big-name-differs"
    title = ("大类名称不一致", "The big class is named differently")
    detail = (
        "大类 {big} 在本版中名为「{name}」；要改名请导出、修改全部行后重新导入",
        "The big class {big} is called '{name}' in this edition; to rename it, export the edition,"
        " change every row and import it",
    )


class UnsupportedCatalogFile(AppError):
    """The upload is neither of the two formats."""

    slug, status = "unsupported-catalog-file", 415
    title = ("不支持的文件格式", "This kind of file is not read")
    detail = (
        "「{file}」不是可读的 .xlsx 或 .json 文件：{reason}",
        "'{file}' is no readable .xlsx or .json file: {reason}",
    )


@dataclass(frozen=True)
class Finding:
    """One thing in a file that must be mended, at a place as the file names it."""

    sheet: str
    row: int
    column: str
    detail: tuple[str, str]


class BadCatalogFile(AppError):
    """Rows that cannot be taken, each with its place and remedy; nothing was imported."""

    slug, status = "bad-catalog-file", 422
    title = ("文件中有不能导入的内容", "The file holds what can't be imported")
    detail = (
        "共 {count} 处问题，未导入任何内容；请按 errors 逐条修改后重新导入",
        "{count} things are wrong and nothing was imported; mend what `errors` lists and"
        " import again",
    )

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(count=len(findings))
        self.findings = findings

    def problem(self, language: str = "zh") -> dict[str, Any]:
        """The problem, with every finding in the asked language."""
        index = 1 if language == "en" else 0
        errors = [
            {
                "sheet": found.sheet,
                "row": found.row,
                "column": found.column,
                "detail": found.detail[index],
            }
            for found in self.findings
        ]
        return super().problem(language) | {"errors": errors}


class WrongAnswers(AppError):
    """Answers to a class's questions that do not fit them."""

    slug, status = "wrong-answers", 422
    title = ("附加问题的回答有误", "Answers do not fit the questions")

    def __init__(self, findings: Mapping[str, tuple[str, str]]) -> None:
        super().__init__()
        self.findings = findings

    def problem(self, language: str = "zh") -> dict[str, Any]:
        """The problem; a pointer for every question."""
        index = 1 if language == "en" else 0
        errors = [
            {"pointer": pointer(("body", "answers", key)), "detail": detail[index]}
            for key, detail in self.findings.items()
        ]
        return super().problem(language) | {"errors": errors}


class CallEmergencyInstead(FieldProblem):
    """What was answered is an emergency; `phone` is whom to call, `message` what to do."""

    slug = "call-emergency-instead"
    title = ("紧急情况，请先打电话", "This is an emergency: call first")
    detail = ("{message}（电话 {phone}）", "{message} (phone {phone})")


constraint("uq_edition_published", EditionOutdated())
