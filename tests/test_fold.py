"""The fold of a case's facts: what they give, and what they cannot be."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.incidents.fold import Told, differences, fold, illegal, same
from app.incidents.steps import FOLDED

T = datetime(2026, 11, 16, 1, tzinfo=UTC)
REPORT: dict[str, Any] = {
    "status": "reported",
    "category": {"code": "E0112"},
    "cell": None,
    "suggestion": {"cell": "610526001001001", "metres": 34.6},
    "steward": None,
    "owner": {"id": "0193b0c0-0000-7000-8000-000000000001", "name": "环卫所"},
    "clock": {"stage": "accept", "yellow_at": None, "due_at": "2026-11-16T09:15:00+08:00"},
}


def told(version: int, kind: str, status: str, **changes: Any) -> Told:
    at = T + timedelta(minutes=version)
    return Told(version, kind, status, at, REPORT if kind == "report" else {}, changes)


FIRST = told(1, "report", "reported")
ACCEPTED = told(2, "accept", "accepted", stage="file")


def test_a_report_gives_every_column_but_the_cells_id() -> None:
    assert set(FOLDED) - fold([FIRST]).keys() == {"cell_id"}


def test_each_fact_goes_on_from_the_one_before() -> None:
    found = fold([FIRST, ACCEPTED, told(3, "return_report", "reported", return_count=1)])
    assert (found["status"], found["version"]) == ("reported", 3)
    assert (found["stage"], found["return_count"]) == ("file", 1)
    assert found["suggested_metres"] == 34.6


def test_a_legal_history_has_nothing_wrong() -> None:
    assert not illegal([FIRST, told(2, "warn", "reported"), told(3, "accept", "accepted")])


@pytest.mark.parametrize(
    ("history", "wrong"),
    [
        ([ACCEPTED], "begins with accept 2"),
        ([FIRST, told(3, "accept", "accepted")], "3 follows 1"),
        ([FIRST, told(2, "close", "closed")], "reported – close → closed"),
        ([FIRST, told(2, "accept", "filed")], "reported – accept → filed"),
        ([FIRST, told(2, "dance", "reported")], "reported – dance → reported"),
        ([FIRST, told(2, "warn", "accepted")], "reported – warn → accepted"),
    ],
)
def test_an_impossible_history_is_named(history: list[Told], wrong: str) -> None:
    assert illegal(history) == [wrong]


def test_times_do_not_run_backwards() -> None:
    early = Told(2, "accept", "accepted", T, {}, {})
    assert illegal([FIRST, early]) == ["2 (accept) is earlier than 1"]


@pytest.mark.parametrize(
    ("value", "told", "equal"),
    [
        (None, None, True),
        (None, 0, False),
        (0, None, False),
        (T, "2026-11-16T09:00:00+08:00", True),
        (T, "2026-11-16T09:00:01+08:00", False),
        (Decimal("2.00"), 2, True),
        (Decimal("2.50"), "2.5", True),
        (Decimal("2.50"), "2.05", False),
        (34.5678, 34.6, True),
        (34.7, 34.6, False),
        ([UUID(int=1)], [str(UUID(int=1))], True),
        ([UUID(int=1)], [], False),
        (UUID(int=1), str(UUID(int=1)), True),
        (False, False, True),
        (False, True, False),
    ],
)
def test_a_value_is_compared_with_its_json(value: Any, told: Any, equal: bool) -> None:
    assert same(value, told) is equal


def test_columns_that_differ_are_told_with_both_values() -> None:
    row = {"status": "voided", "return_count": 0, "unrelated": 1}
    assert differences(row, fold([FIRST])) == {"status": ("voided", "reported")}
