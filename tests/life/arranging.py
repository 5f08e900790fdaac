"""A case put into any state with all that a move wants, so that nothing can refuse the move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.incidents.branches import Application, Order, Part, Task
from app.incidents.guards import DESKS
from app.incidents.requests import GRANTED
from app.incidents.rules import Approvals, Rules
from app.incidents.states import ENDED, Status
from app.incidents.workflow import MOVES, Guard
from app.permissions import ROLES, Role

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
ASKED = {move: kind for kind, move in GRANTED.items()}
"""What was asked for where a move grants it."""


@dataclass(frozen=True)
class World:
    """The unit of every actor, somebody else, another case, the case."""

    unit: UUID
    somebody: UUID
    main: UUID
    incident: UUID


@dataclass
class Arranged:
    """Columns of the case and what hangs on it."""

    columns: dict[str, Any]
    task: Task | None = None
    application: Application | None = None
    part: Part | None = None
    order: Order | None = None
    rules: Rules = field(default_factory=Rules)

    @property
    def hanging(self) -> list[Any]:
        """The rows that hang on the case."""
        rows = (self.task, self.application, self.part, self.order)
        return [row for row in rows if row is not None]


WANTED: Mapping[Guard, Callable[[World, UUID], dict[str, Any]]] = {
    Guard.HAS_HANDLER: lambda world, actor: {"handler_id": world.somebody},
    Guard.HANDLED_BY_ME: lambda world, actor: {"handler_id": actor},
    Guard.MY_REPORT: lambda world, actor: {"reporter_id": actor},
    Guard.CLAIM_MINE: lambda world, actor: {"claimed_by": actor, "claimed_at": NOW},
    Guard.CONFIRMS_RETURN: lambda world, actor: {"barred_id": world.somebody},
    Guard.SELF_HANDLED: lambda world, actor: {"self_handled": True},
    Guard.APPEALABLE: lambda world, actor: {"overdue_at": NOW - HOUR},
}


def arranged(status: Status, name: str, actor: UUID, role: Role, world: World) -> Arranged:
    """All that a move wants from the case; whether state and role allow it is another matter."""
    guards = MOVES[name].guards
    columns: dict[str, Any] = {
        "status": status,
        "unit_id": world.unit,
        "handler_id": None,
        "cell_code": "610526001001001",
        "reporter_id": world.somebody,
        "claimed_by": None,
        "claimed_at": None,
        "barred_id": None,
        "pending": None,
        "self_handled": False,
        "merged_into": world.main if status is Status.MERGED else None,
        "suspended_until": NOW + HOUR if status is Status.SUSPENDED else None,
        "ended_at": NOW if status in ENDED else None,
        "due_at": NOW + HOUR,
        "overdue_at": None,
        "appealed": False,
        "extension_count": 0,
        "suspension_count": 0,
    }
    for guard in guards:
        columns |= WANTED[guard](world, actor) if guard in WANTED else {}
    found = Arranged(columns)
    if {Guard.DECIDES, Guard.REQUEST_MINE} & set(guards):
        _request(found, status, name, actor, role, world)
    incident, since = world.incident, NOW - HOUR
    if Guard.TASK_MINE in guards or status in (Status.VERIFYING, Status.CHECKING):
        kind = "verify" if status is Status.VERIFYING else "check"
        found.task = Task(
            incident_id=incident,
            kind=kind,
            assignee_id=actor,
            issued_by=world.somebody,
            issued_at=since,
        )
    if Guard.PART_MINE in guards:
        found.part = Part(incident_id=incident, unit_id=world.unit, role="co", since=since)
    if Guard.ORDERED in guards:
        found.order = Order(
            number="DB1",
            incident_id=incident,
            level=1,
            requirement="请办理",
            issued_by=world.somebody,
            issued_at=since,
            due_at=NOW + HOUR,
        )
    return found


def _request(
    found: Arranged, status: Status, name: str, actor: UUID, role: Role, world: World
) -> None:
    """A request that waits for this role to make this move of it."""
    kind = ASKED.get(name) or ("appeal" if status is Status.CLOSED else "void")
    two = name == "approve" or kind == "appeal"
    mine = Guard.REQUEST_MINE in MOVES[name].guards
    found.columns["pending"] = kind
    found.application = Application(
        incident_id=world.incident,
        kind=kind,
        unit_id=world.unit,
        requested_by=actor if mine else world.somebody,
        requested_at=NOW - HOUR,
        reason="说明",
        level=1 if two and name != "approve" else 0,
        seconds=3600 if kind == "extension" else None,
        until=NOW + HOUR if kind == "suspension" else None,
    )
    if role in ROLES and "incident:decide" in ROLES[role]:
        levels = (role, role) if two else (role,)
        given = {"appeal": (role, role), kind: levels}
        found.rules = Rules(approvals=Approvals(**given))


def expected(status: Status, name: str, role: Role) -> str | None:
    """The refusal of a move that has all it wants; None if it is made."""
    move = MOVES[name]
    if move.permission not in ROLES[role]:
        return "forbidden"
    if status not in move.steps:
        return "illegal-move"
    if Guard.CLAIMABLE in move.guards and DESKS[status] not in ROLES[role]:
        return "wrong-queue"
    return None
