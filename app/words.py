"""Chinese and English: which one a client wants, and the wording of what Pydantic finds wrong."""

from collections.abc import Mapping
from typing import Any

_CHINESE: dict[str, str] = {
    "missing": "必填",
    "extra_forbidden": "不认识的字段，请删除或检查拼写",
    "string_type": "应为文本",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符：{pattern}",
    "string_unicode": "含有无效的 Unicode 字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字",
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "decimal_max_places": "最多 {decimal_places} 位小数",
    "decimal_whole_digits": "整数部分最多 {whole_digits} 位",
    "finite_number": "应为有限的数字（不接受 NaN 或无穷大）",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "enum": "只能是 {expected}",
    "literal_error": "只能是 {expected}",
    "uuid_parsing": "应为 UUID",
    "uuid_type": "应为 UUID",
    "datetime_type": "应为 ISO 8601 时间，例如 2026-09-01T08:00:00+08:00",
    "datetime_parsing": "应为 ISO 8601 时间，例如 2026-09-01T08:00:00+08:00",
    "datetime_from_date_parsing": "应为 ISO 8601 时间，例如 2026-09-01T08:00:00+08:00",
    "timezone_aware": "时间须带时区，例如 2026-09-01T08:00:00+08:00",
    "date_from_datetime_parsing": "应为日期，例如 2026-03-07",
    "date_from_datetime_inexact": "应为日期，例如 2026-03-07",
    "list_type": "应为数组",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
}


def wording(error: Mapping[str, Any], language: str) -> str:
    """One sentence for one finding. Our own checks raise `ValueError("中文|English")`.

    Both halves quote what was sent alike, so that the bar in the middle parts them.
    """
    message, kind = str(error["msg"]), error["type"]
    if kind == "value_error":
        parts = message.removeprefix("Value error, ").split("|")
        middle = (len(parts) + 1) // 2
        chinese, english = "|".join(parts[:middle]), "|".join(parts[middle:])
        return (english or chinese) if language == "en" else chinese
    if kind in ("too_short", "too_long") and isinstance(error.get("input"), str):
        kind = f"string_{kind}"
    if language == "en" or kind not in _CHINESE:
        return message
    return _CHINESE[kind].format(**error.get("ctx", {}))


def language(headers: Mapping[str, str]) -> str:
    """`en` when the client prefers English to Chinese, else `zh`."""
    weights = {"en": 0.0, "zh": 0.0}
    for part in headers.get("accept-language", "").lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        code = tag[:2]
        if code in weights:
            weights[code] = max(weights[code], _weight(weight))
    if weights["en"] == weights["zh"]:
        first = headers.get("accept-language", "").lower().lstrip()[:2]
        return "en" if first == "en" and weights["en"] else "zh"
    return max(weights, key=lambda code: weights[code])


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0
