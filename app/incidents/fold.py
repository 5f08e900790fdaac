"""A case from its facts: what its row must say if nobody has touched it behind their back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.incidents.states import Status
from app.incidents.workflow import MOVES

BY_ITSELF = frozenset(
    {"warn", "overdue", "escalate", "recalculate", "reassign", "absorb", "release", "add_evidence"}
)
"""Facts that leave a case in its state."""
JUMPS = frozenset({"report", "import"})
"""Facts that set a state without a move."""
KINDS = frozenset({*MOVES, *BY_ITSELF, *JUMPS})
"""Every kind of fact."""
TENTH = 0.0501
"""A report tells metres to a tenth."""


@dataclass(frozen=True, slots=True)
class Told:
    """One fact, as far as the fold needs it."""

    version: int
    kind: str
    status: str
    at: datetime
    data: Mapping[str, Any]
    changes: Mapping[str, Any] | None


def start(report: Mapping[str, Any]) -> dict[str, Any]:
    """A case as its report left it, from the JSON that was told then."""

    def part(name: str, key: str) -> Any:
        found = report.get(name)
        return found[key] if found else None

    nothing = dict.fromkeys(
        (
            "unit_id", "handler_id", "ended_at", "overdue_at", "condition_id", "condition_code",
            "limit_amount", "limit_unit", "claimed_by", "claimed_at", "barred_id", "pending",
            "suspended_until", "merged_into",
        )
    )  # fmt: skip
    counts = dict.fromkeys(
        (
            "return_count", "rework_count", "extension_count", "suspension_count", "order_count",
            "recurrence_count",
        ),
        0,
    )  # fmt: skip
    return {
        **nothing,
        **counts,
        "status": report["status"],
        "category_code": report["category"]["code"],
        "cell_code": part("cell", "code"),
        "area_code": part("cell", "area_code"),
        "suggested_cell_code": part("suggestion", "cell"),
        "suggested_metres": part("suggestion", "metres"),
        "steward_id": part("steward", "id"),
        "owner_unit_id": part("owner", "id"),
        "stage": part("clock", "stage"),
        "yellow_at": part("clock", "yellow_at"),
        "due_at": part("clock", "due_at"),
        "exempt": False,
        "appealed": False,
        "self_handled": False,
        "parties": [],
    }


def fold(facts: Iterable[Told]) -> dict[str, Any]:
    """The columns that the facts of a case give, in order."""
    found: dict[str, Any] = {}
    for fact in facts:
        found |= start(fact.data) if fact.kind == "report" else dict(fact.changes or {})
        found["status"], found["version"] = fact.status, fact.version
    return found


def illegal(facts: Iterable[Told]) -> list[str]:
    """Steps that no table allows, versions that are missing, times that run backwards."""
    wrong: list[str] = []
    before: Told | None = None
    for fact in facts:
        if before is None:
            if (fact.kind, fact.version) != ("report", 1):
                wrong.append(f"begins with {fact.kind} {fact.version}")
        else:
            wrong += _after(before, fact)
        before = fact
    return wrong


def _after(before: Told, fact: Told) -> list[str]:
    wrong = []
    if fact.version != before.version + 1:
        wrong.append(f"{fact.version} follows {before.version}")
    if fact.at < before.at:
        wrong.append(f"{fact.version} ({fact.kind}) is earlier than {before.version}")
    if fact.kind in BY_ITSELF:
        legal = fact.status == before.status
    elif fact.kind in JUMPS:
        legal = True
    else:
        steps = MOVES[fact.kind].steps if fact.kind in MOVES else {}
        legal = steps.get(Status(before.status)) == fact.status
    if not legal:
        wrong.append(f"{before.status} – {fact.kind} → {fact.status}")
    return wrong


def differences(row: Mapping[str, Any], folded: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Columns of the row that the facts tell otherwise: (row, facts)."""
    return {
        name: (row[name], value)
        for name, value in folded.items()
        if name in row and not same(row[name], value)
    }


def same(value: Any, told: Any) -> bool:
    """Whether a column's value is what a fact tells, which has been through JSON."""
    if value is None or told is None:
        return value is told
    if isinstance(value, datetime):
        return value == datetime.fromisoformat(str(told))
    if isinstance(value, Decimal):
        return value == Decimal(str(told))
    if isinstance(value, float):
        return abs(value - float(told)) <= TENTH
    if isinstance(value, list):
        return [str(part) for part in value] == [str(part) for part in told]
    return bool(value == told) or str(value) == str(told)
