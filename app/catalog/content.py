"""What an edition holds: the rows that callers edit and that files carry. Pure data."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic import ValidationInfo as Info

from app.schemas import In, Line, Prose, Text

CLASS_PATTERN = r"^[CE][0-9]{4}$"
STANDARD_BIGS = {"C": 5, "E": 6}
STANDARD_SMALLS = 77
"""GB/T 30428.2-2013 style: what lies beyond is a city's extension."""

ClassCode = Annotated[Text, StringConstraints(pattern=CLASS_PATTERN)]
RegionClass = Annotated[Text, StringConstraints(pattern=r"^[A-Z0-9\u4e00-\u9fff]{1,8}$")]
Word = Annotated[Text, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
English = Annotated[Text, Field(max_length=2000)]
Plain = Annotated[Text, StringConstraints(pattern=r"^[^|\n\r]{1,200}$")]
Number = Annotated[int, Field(ge=1, le=999)]
LimitUnit = Literal["urgent_hour", "urgent_day", "work_hour", "work_day"]
QuestionKind = Literal["text", "number", "single", "multiple", "date"]
Step = Literal[
    "report",
    "reject",
    "dispatch",
    "return",
    "extend",
    "feed_back",
    "check",
    "close",
    "urge",
    "void",
]
STEPS: tuple[str, ...] = get_args(Step)
UNITS: dict[str, str] = {
    "urgent_hour": "紧急工作时",
    "urgent_day": "紧急工作日",
    "work_hour": "工作时",
    "work_day": "工作日",
}
_UNFIT_FOR_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
PER_DAY = {"urgent_day": 24, "work_day": 8}


def plain_number(value: Decimal) -> int | float:
    """A number as JSON and people write it: 2, not 2.00."""
    return int(value) if value == value.to_integral_value() else float(value)


def _from_float(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("应为数字|expected a number")
    return str(value) if isinstance(value, float) else value


Amount = Annotated[
    Decimal,
    BeforeValidator(_from_float),
    Field(gt=0, max_digits=6, decimal_places=2, allow_inf_nan=False),
    PlainSerializer(plain_number, when_used="json"),
]
Measure = Annotated[int | float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Fraction = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}/[1-9][0-9]{0,3}$")]
Measures = Measure | Fraction | Annotated[list[Measure], Field(min_length=2, max_length=3)]


def _in_one_sentence(value: Any, judge: ValidatorFunctionWrapHandler) -> Any:
    try:
        if not isinstance(value, bool):
            return judge(value)
    except ValidationError:
        pass
    raise ValueError(
        "应为数字、分数（如 1/3）或两三个数字（如长宽）"
        "|expected a number, a fraction such as 1/3, or two or three numbers"
    )


class Entry(In):
    """What files carry: text that survives XML, lines that end in one way."""

    @field_validator("*")
    @classmethod
    def _survives_files(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if _UNFIT_FOR_XML.search(value):
            raise ValueError("不能含有控制字符|must not contain control characters")
        return value.replace("\r\n", "\n").replace("\r", "\n")


class Threshold(Entry):
    """A number in a condition, e.g. breakage_area > 25 cm2; a pair is a width and a height."""

    quantity: Word
    op: Literal[">", ">=", "<", "<=", "="]
    value: Annotated[Measures, WrapValidator(_in_one_sentence)]
    unit: Annotated[Text, StringConstraints(pattern=r"^[^\s;；]{1,12}$")]


class ClassRow(Entry):
    """A small class (小类) with the name of its big class (大类)."""

    code: ClassCode
    big_name: Line
    big_name_en: English = ""
    name: Line
    name_en: English = ""
    scheme: Line
    extension: bool = Field(False, validate_default=True, description="The city's own class")

    @field_validator("extension")
    @classmethod
    def _marked(cls, value: bool, info: Info) -> bool:
        code = info.data.get("code")
        if code and not value and beyond_standard(code):
            raise ValueError(
                "该编码超出标准范围（小类 01–77），请将 extension（扩展）设为 true（是）"
                "|this code lies outside the standard range (small class 01-77);"
                " set extension to true"
            )
        return value


class ConditionRow(Entry):
    """A filing condition with its closing condition and its limit."""

    category_code: ClassCode
    number: Number
    region_class: RegionClass | None = Field(None, description="区域类别; null: everywhere")
    text: Prose
    text_en: English = ""
    thresholds: list[Threshold] = Field([], max_length=10)
    tags: list[Word] = Field([], max_length=20)
    closing_text: Prose
    closing_actions: list[Word] = Field([], max_length=20)
    limit_amount: Amount
    limit_unit: LimitUnit
    note: Prose | None = None

    @property
    def code(self) -> str:
        """C0101-1, or C0101-1-A for a region class: the same in every edition."""
        region = f"-{self.region_class}" if self.region_class else ""
        return f"{self.category_code}-{self.number}{region}"


class QuestionOption(Entry):
    """An answer to choose; with a phone number it stops the report and tells whom to call."""

    label: Plain
    phone: Annotated[Text, StringConstraints(pattern=r"^[0-9][0-9 -]{2,19}$")] | None = None
    message: Plain | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> "QuestionOption":
        if (self.phone is None) != (self.message is None):
            raise ValueError(
                "紧急电话 phone 与提示 message 须同时填写"
                "|give both `phone` and `message`, or neither"
            )
        return self


class QuestionRow(Entry):
    """What a report of a class is asked besides."""

    category_code: ClassCode
    key: Word
    position: Number
    text: Line
    text_en: English = ""
    kind: QuestionKind
    required: bool = False
    options: list[QuestionOption] = Field([], max_length=30, validate_default=True)

    @property
    def code(self) -> str:
        """C0101-injured: the same in every edition."""
        return f"{self.category_code}-{self.key}"

    @field_validator("options")
    @classmethod
    def _fit_the_kind(cls, value: list[QuestionOption], info: Info) -> list[QuestionOption]:
        if "kind" not in info.data:
            return value
        chosen = info.data["kind"] in ("single", "multiple")
        if chosen and len({option.label for option in value}) != len(value):
            raise ValueError("选项不能重复|options must differ")
        if chosen and len(value) < 2:
            raise ValueError("选择题至少两个选项|a choice needs two options at least")
        if not chosen and value:
            raise ValueError("只有选择题可以有选项|only choices have options")
        return value


class PhraseRow(Entry):
    """A stock phrase (常用语) for a kind of step, perhaps for one class only."""

    step: Step
    number: Number
    category_code: ClassCode | None = None
    text: Annotated[Prose, Field(max_length=500)]

    @property
    def code(self) -> str:
        """reject-1: the same in every edition."""
        return f"{self.step}-{self.number}"


class EditionMeta(Entry):
    """What an edition says of itself; `label` goes with every answer made from it."""

    name: Line
    region: Line
    source: Prose
    label: Line


class Content(In):
    """A whole edition."""

    edition: EditionMeta
    classes: list[ClassRow]
    conditions: list[ConditionRow]
    questions: list[QuestionRow]
    phrases: list[PhraseRow]

    def rows(self, part: str) -> Sequence[Any]:
        """The rows of a part by its name."""
        found: Sequence[Any] = getattr(self, part)
        return found


def beyond_standard(code: str) -> bool:
    """Whether a class's code lies outside the range of the standard."""
    return int(code[3:]) > STANDARD_SMALLS or not 1 <= int(code[1:3]) <= STANDARD_BIGS[code[0]]


def clock_hours(amount: Decimal, unit: str) -> tuple[str, Decimal]:
    """The clock that a limit runs on, and its length in hours of that clock."""
    return unit.split("_")[0], amount * PER_DAY.get(unit, 1)
