"""Chinese and English wording of what Pydantic finds wrong."""

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
    "list_type": "应为数组",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
}


def wording(error: Mapping[str, Any], language: str) -> str:
    """One sentence for one finding. Our own checks raise `ValueError("中文|English")`."""
    message = str(error["msg"])
    if error["type"] == "value_error":
        chinese, _, english = message.removeprefix("Value error, ").partition("|")
        return (english or chinese) if language == "en" else chinese
    if language == "en" or error["type"] not in _CHINESE:
        return message
    return _CHINESE[error["type"]].format(**error.get("ctx", {}))
