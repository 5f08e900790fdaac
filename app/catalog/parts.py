"""The four parts of an edition: which rows, which table, which name in files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.catalog import spoken
from app.catalog.content import ClassRow, ConditionRow, Content, PhraseRow, QuestionRow
from app.catalog.models import Condition, EditionClass, Phrase, Question
from app.schemas import In


@dataclass(frozen=True)
class Part:
    """`order` is how its rows are listed; `searched` the field whose pinyin is kept."""

    name: str
    title: tuple[str, str]
    row: type[In]
    table: Any
    order: Sequence[Any]
    searched: str | None = None

    @property
    def key(self) -> str:
        """The first field of those that make the code of a row."""
        return next(iter(self.row.model_fields))

    def all_values(self, edition: int, content: Content) -> list[Mapping[str, Any]]:
        """All rows of an edition as their table takes them."""
        return [self.values(edition, row) for row in content.rows(self.name)]

    def values(self, edition: int, row: Any) -> Mapping[str, Any]:
        """A row as its table takes it."""
        found = {**row.model_dump(), "edition": edition, "code": row.code}
        if self.searched:
            text = getattr(row, self.searched)
            found |= {"initials": spoken.initials(text), "pinyin": spoken.syllables(text)}
        return found


CLASSES = Part(
    "classes",
    ("类别", "class"),
    ClassRow,
    EditionClass,
    (EditionClass.code,),
    "name",
)
CONDITIONS = Part(
    "conditions",
    ("立案条件", "condition"),
    ConditionRow,
    Condition,
    (Condition.category_code, Condition.number, Condition.region_class.nulls_first()),
    "text",
)
QUESTIONS = Part(
    "questions",
    ("问题", "question"),
    QuestionRow,
    Question,
    (Question.category_code, Question.position, Question.key),
)
PHRASES = Part("phrases", ("常用语", "phrase"), PhraseRow, Phrase, (Phrase.step, Phrase.number))
PARTS = (CLASSES, CONDITIONS, QUESTIONS, PHRASES)
