"""The columns of an edition's workbook, and how a cell holds a value. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.catalog.content import STEPS, UNITS
from app.catalog.parts import CLASSES, CONDITIONS, PHRASES, QUESTIONS, Part

META = ("版本", {"name": "名称", "region": "地区", "source": "来源", "label": "标注"})
KINDS = {
    "text": "文本",
    "number": "数字",
    "single": "单选",
    "multiple": "多选",
    "date": "日期",
}
STEP_TITLES = dict(
    zip(
        STEPS,
        ("上报", "不予受理", "派遣", "回退", "延期", "反馈", "核查", "结案", "催办", "作废"),
        strict=True,
    )
)
_THRESHOLD = re.compile(r"^(\S+) (>=|<=|>|<|=) (\S+) (\S+)$")


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Column:
    """A column: its header, the field it holds, and the way into a cell and out of it."""

    header: str
    field: str
    width: int = 14
    write: Callable[[Any], Any] = _same
    read: Callable[[str], Any] = _same
    choices: Sequence[str] = ()


def _words(header: str, field: str, names: Mapping[str, str], width: int = 12) -> Column:
    back = {title: name for name, title in names.items()}

    def read(cell: str) -> str:
        if cell not in back:
            titles = "、".join(back)
            raise ValueError(f"只能是：{titles}|one of: {titles}")
        return back[cell]

    return Column(header, field, width, names.__getitem__, read, tuple(back))


def _yes_no(header: str, field: str) -> Column:
    def read(cell: str) -> bool:
        if cell not in ("是", "否"):
            raise ValueError("请填 是 或 否|write 是 (yes) or 否 (no)")
        return cell == "是"

    return Column(header, field, 8, lambda value: "是" if value else "否", read, ("是", "否"))


def _list(header: str, field: str) -> Column:
    def read(cell: str) -> list[str]:
        return [part.strip() for part in re.split("[,，]", cell) if part.strip()]

    return Column(header, field, 22, ", ".join, read)


def _write_thresholds(thresholds: Sequence[Mapping[str, Any]]) -> str:
    def number(value: Any) -> str:
        return "x".join(map(str, value)) if isinstance(value, list) else str(value)

    return "; ".join(
        f"{t['quantity']} {t['op']} {number(t['value'])} {t['unit']}" for t in thresholds
    )


def _read_thresholds(cell: str) -> list[dict[str, Any]]:
    found = []
    for part in filter(None, (part.strip() for part in re.split("[;；]", cell))):
        match = _THRESHOLD.match(part)
        if match is None:
            raise ValueError(
                f"「{part}」应写作：量 比较符 数值 单位，例如 breakage_area > 25 cm2，"
                "多项用分号隔开"
                f"|'{part}': write quantity, comparison, number, unit, e.g. breakage_area > 25 cm2;"
                " separate several by semicolons"
            )
        quantity, op, value, unit = match.groups()
        numbers = [_number(one) for one in value.split("x")]
        found.append(
            {
                "quantity": quantity,
                "op": op,
                "value": numbers if len(numbers) > 1 else numbers[0],
                "unit": unit,
            }
        )
    return found


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _write_options(options: Sequence[Mapping[str, Any]]) -> str:
    lines = ((o["label"], o["phone"], o["message"]) for o in options)
    return "\n".join(" | ".join(filter(None, line)) for line in lines)


def _read_options(cell: str) -> list[dict[str, Any]]:
    found = []
    for line in filter(None, map(str.strip, cell.split("\n"))):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) not in (1, 3):
            raise ValueError(
                f"「{line}」应写作一行一个选项；须打紧急电话的写：选项 | 电话 | 提示"
                f"|'{line}': one option a line; an emergency is: option | phone | message"
            )
        found.append(dict(zip(("label", "phone", "message"), parts, strict=False)))
    return found


_CODE = Column("类别代码", "category_code")
_AMOUNT = Column("时限", "limit_amount", 8)
SHEETS: Mapping[Part, Sequence[Column]] = {
    CLASSES: (
        Column("类别代码", "code"),
        Column("大类名称", "big_name", 18),
        Column("大类英文", "big_name_en", 26),
        Column("小类名称", "name", 26),
        Column("小类英文", "name_en", 30),
        Column("编码体系", "scheme", 34),
        _yes_no("扩展", "extension"),
    ),
    CONDITIONS: (
        _CODE,
        Column("序号", "number", 8),
        Column("区域类别", "region_class", 10),
        Column("立案条件", "text", 48),
        Column("立案条件英文", "text_en", 40),
        Column("阈值", "thresholds", 34, _write_thresholds, _read_thresholds),
        _list("标签", "tags"),
        Column("结案条件", "closing_text", 24),
        _list("结案动作", "closing_actions"),
        _AMOUNT,
        _words("时限单位", "limit_unit", UNITS),
        Column("备注", "note", 30),
    ),
    QUESTIONS: (
        _CODE,
        Column("键", "key"),
        Column("顺序", "position", 8),
        Column("问题", "text", 44),
        Column("问题英文", "text_en", 44),
        _words("类型", "kind", KINDS, 10),
        _yes_no("必填", "required"),
        Column("选项", "options", 60, _write_options, _read_options),
    ),
    PHRASES: (
        _words("环节", "step", STEP_TITLES),
        Column("序号", "number", 8),
        _CODE,
        Column("常用语", "text", 70),
    ),
}
