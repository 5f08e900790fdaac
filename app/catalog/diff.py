"""What differs between two editions, field by field. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.catalog.content import ConditionRow, Content, clock_hours
from app.catalog.parts import PARTS


def between(before: Content, after: Content) -> dict[str, Any]:
    """`DiffOut` without the numbers of the editions."""
    parts = {part.name: _part(before.rows(part.name), after.rows(part.name)) for part in PARTS}
    described = _fields(before.edition.model_dump(), after.edition.model_dump())
    return {"edition": described, **parts, "limits": _limits(before, after)}


def _part(before: Sequence[Any], after: Sequence[Any]) -> dict[str, Any]:
    old, new = _by_code(before), _by_code(after)
    changed = []
    for code in new:
        fields = _fields(old[code], new[code]) if code in old else {}
        if fields:
            changed.append({"code": code, "fields": fields})
    return {
        "added": [code for code in new if code not in old],
        "removed": [code for code in old if code not in new],
        "changed": changed,
    }


def _by_code(rows: Sequence[Any]) -> dict[str, dict[str, Any]]:
    return {row.code: row.model_dump(mode="json") for row in rows}


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {"before": old[name], "after": new[name]} for name in new if old[name] != new[name]
    }


def _limits(before: Content, after: Content) -> dict[str, int]:
    counts = {"shortened": 0, "lengthened": 0, "clock_changed": 0}
    old = {row.code: _limit(row) for row in before.conditions}
    for row in after.conditions:
        if row.code not in old:
            continue
        (clock, hours), (clock_then, hours_then) = _limit(row), old[row.code]
        counts["clock_changed"] += clock != clock_then
        counts["shortened"] += clock == clock_then and hours < hours_then
        counts["lengthened"] += clock == clock_then and hours > hours_then
    return counts


def _limit(row: ConditionRow) -> tuple[str, Any]:
    return clock_hours(row.limit_amount, row.limit_unit)
