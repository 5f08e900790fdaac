"""What callers of the catalogue send and get."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import Field, PlainSerializer, StringConstraints, computed_field

from app.catalog.content import (
    UNITS,
    ClassCode,
    EditionMeta,
    LimitUnit,
    QuestionKind,
    QuestionOption,
    Step,
    Threshold,
    plain_number,
)
from app.schemas import In, Line, Out, Text

Kind = Literal["component", "event"]
Status = Literal["draft", "published", "retired"]
Format = Literal["xlsx", "json"]


class EditionRef(Out):
    """Which edition an answer comes from; show `label` next to its limits."""

    number: int
    name: str
    region: str
    label: str


class EditionOut(EditionRef):
    """One release of the catalogue."""

    source: str
    status: Status
    based_on: int | None
    created_at: datetime
    created_by: UUID | None
    published_at: datetime | None
    published_by: UUID | None
    retired_at: datetime | None


class EditionList(Out):
    items: list[EditionOut]


class PartCounts(Out):
    classes: int
    conditions: int
    questions: int
    phrases: int


class EditionDetail(EditionOut):
    """One edition and how much it holds; its content is at /export."""

    counts: PartCounts


class NewDraft(In):
    """A draft with the content of an edition; what is left out is taken from it too."""

    copy_of: int | None = Field(None, ge=1, le=2**31 - 1, description="Default: the published one")
    edition: EditionMeta | None = None


class EditionFile(In):
    """An edition as a file, as /export gives it."""

    file: UploadFile = Field(description=".xlsx or .json")


class FieldChange(Out):
    before: Any
    after: Any


class RowChange(Out):
    code: str
    fields: dict[str, FieldChange]


class PartDiff(Out):
    """Codes that were added and removed, and what changed in the others."""

    added: list[str]
    removed: list[str]
    changed: list[RowChange]


class LimitsDiff(Out):
    """Limits of conditions that both have; `clock_changed`: from urgent to working time or back."""

    shortened: int
    lengthened: int
    clock_changed: int


class DiffOut(Out):
    """From the edition `against` to `number`."""

    number: int
    against: int
    edition: dict[str, FieldChange]
    classes: PartDiff
    conditions: PartDiff
    questions: PartDiff
    phrases: PartDiff
    limits: LimitsDiff


class ConditionOut(Out):
    """A filing condition with its closing condition and its limit."""

    id: UUID
    edition: int
    code: str
    category_code: str
    number: int
    region_class: str | None
    text: str
    text_en: str
    thresholds: list[Threshold]
    tags: list[str]
    closing_text: str
    closing_actions: list[str]
    limit_amount: Annotated[Decimal, PlainSerializer(plain_number, when_used="json")]
    limit_unit: LimitUnit
    note: str | None

    @computed_field
    def limit_label(self) -> str:
        """2紧急工作时."""
        return f"{plain_number(self.limit_amount)}{UNITS[self.limit_unit]}"

    @computed_field
    def clock(self) -> Literal["continuous", "working_hours"]:
        """Urgent limits run day and night, the others in working hours."""
        return "continuous" if self.limit_unit.startswith("urgent") else "working_hours"


class ConditionList(Out):
    edition: EditionRef
    items: list[ConditionOut]


class QuestionOut(Out):
    """What a report of a class is asked besides."""

    key: str
    position: int
    text: str
    text_en: str
    kind: QuestionKind
    required: bool
    options: list[QuestionOption]


class PhraseOut(Out):
    """A stock phrase."""

    code: str
    step: Step
    category_code: str | None
    text: str


class PhraseList(Out):
    items: list[PhraseOut]


class PhraseFilter(In):
    step: Step | None = None
    category: ClassCode | None = Field(None, description="Leaves out phrases of other classes")


class CategoryFilter(In):
    """What is typed is looked for in codes, names, pinyin, initials and filing conditions."""

    q: Line | None = Field(None, description="E0112, 井盖, 井盖破损, jgps, jinggai, manhole")
    kind: Kind | None = None
    big: Annotated[Text, StringConstraints(pattern=r"^[CE][0-9]{2}$")] | None = None
    active: bool = Field(True, description="false: classes that are switched off or dropped")


class FoundCondition(Out):
    id: UUID
    code: str
    text: str


class CategoryOut(Out):
    """A small class: 部件 (component) or 事件 (event), as the last edition that holds it has it."""

    code: str
    kind: Kind
    big: str
    big_name: str
    big_name_en: str
    name: str
    name_en: str
    scheme: str
    extension: bool
    active: bool
    auto_dispatch: bool


class CategoryFound(CategoryOut):
    """A class that fits; `condition` is the one that made it fit, if its name did not."""

    condition: FoundCondition | None


class CategoryList(Out):
    """Best matches first; without `q` in code order."""

    edition: EditionRef | None
    items: list[CategoryFound]


class CategoryDetail(CategoryOut):
    """A class with all that the published edition says of it."""

    edition: EditionRef
    conditions: list[ConditionOut]
    questions: list[QuestionOut]
    phrases: list[PhraseOut]


class CategorySwitches(In):
    """A city's switches for a class: they stay when editions change."""

    active: bool = Field(description="Whether it can be reported")
    auto_dispatch: bool = Field(description="Filed cases go to the responsible unit at once")
