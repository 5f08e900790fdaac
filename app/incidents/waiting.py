"""What waits where: each queue is one condition on cases, which its count and its list share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.auth import Actor
from app.incidents.branches import Application, Likeness, Order
from app.incidents.models import Incident
from app.incidents.rules import Rules
from app.incidents.states import DESKS, OPEN, WITH_UNIT, Status
from app.incidents.walks import TEXTS
from app.incidents.workflow import MOVES
from app.permissions import Permission

ME = bindparam("actor_id", type_=Uuid())
HELD = bindparam("held", type_=DateTime(True))
"""Claims from before this moment have run out."""
DECIDES = bindparam("decides", type_=Boolean())


class QueueName(StrEnum):
    """Every queue, in the order in which a case may meet them."""

    MINE = "mine"
    ACCEPT = "accept"
    VERIFY = "verify"
    FILE = "file"
    DISPATCH = "dispatch"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    CHECK = "check"
    CHECKING = "checking"
    CLOSE = "close"
    RETURNS = "returns"
    EXTENSIONS = "extensions"
    SUSPENSIONS = "suspensions"
    VOIDS = "voids"
    APPEALS = "appeals"
    SUPERVISED = "supervised"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    NO_CELL = "no_cell"
    DUPLICATES = "duplicates"


class Group(StrEnum):
    """What brings cases into a queue."""

    MINE = "mine"
    DESK = "desk"
    FIELD = "field"
    UNIT = "unit"
    REQUEST = "request"
    WATCH = "watch"


Test = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Queue:
    """Cases in certain states that satisfy one more test, for whoever holds a permission.

    `few`: an index holds all that satisfy the test, so that they are found before anything else.
    """

    name: QueueName
    label: str
    group: Group
    permission: Permission
    statuses: frozenset[Status]
    test: Test | None = None
    few: bool = False
    request: str | None = None

    @property
    def claimable(self) -> bool:
        """Whether the next case can be claimed from here."""
        return self.group is Group.DESK

    def condition(self, rows: Any) -> ColumnElement[bool]:
        """Whether a case waits here; `rows` has the columns of cases."""
        wanted = bindparam(None, sorted(self.statuses), TEXTS)
        there = [rows.status == func.any(wanted)]
        if self.statuses <= OPEN:
            there.append(rows.ended_at.is_(None))
        return and_(*there, *([self.test(rows)] if self.test else []))

    def yours(self, actor: Actor, rules: Rules) -> bool:
        """Whether it is the actor's duty to empty this queue."""
        if self.request is not None:
            return bool(set(rules.approvals.levels(self.request)) & set(actor.roles))
        return actor.may(self.permission)


def claimed(rows: Any) -> ColumnElement[bool]:
    """Whether somebody has claimed a case and still holds it."""
    found: ColumnElement[bool] = rows.claimed_at >= HELD
    return found


def supervised(rows: Any) -> ColumnElement[bool]:
    """Whether a supervision order waits for an answer."""
    found: ColumnElement[bool] = rows.id.in_(
        select(Order.incident_id).where(Order.replied_at.is_(None))
    )
    return found


def _mine(rows: Any) -> ColumnElement[bool]:
    return and_(rows.claimed_by == ME, claimed(rows))


def _returned(rows: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = rows.barred_id.is_not(None)
    return found


def overdue(rows: Any) -> ColumnElement[bool]:
    """Whether the deadline of the clock that runs is over: a red light."""
    found: ColumnElement[bool] = rows.due_at < func.now()
    return found


def nowhere(rows: Any) -> ColumnElement[bool]:
    """Whether a case lies outside every cell."""
    found: ColumnElement[bool] = rows.cell_id.is_(None)
    return found


def _alike(rows: Any) -> ColumnElement[bool]:
    """Whether another open case may be the same matter (likeness.py)."""
    other = aliased(Incident)
    both_open = select(Likeness.incident_id).join(other, other.id == Likeness.other_id)
    found: ColumnElement[bool] = rows.id.in_(both_open.where(other.ended_at.is_(None)))
    return found


def _asks(kind: str) -> Test:
    """A waiting request: for those who decide the ones that wait for them, for others all."""
    last = bindparam(f"{kind}_last", type_=Integer())
    level = cast(func.least(Application.level, last), Integer)
    mine = bindparam(f"{kind}_levels", type_=ARRAY(Integer()))

    def test(rows: Any) -> ColumnElement[bool]:
        waits = select(Application.id).where(
            Application.incident_id == rows.id,
            Application.decided_at.is_(None),
            Application.requested_by != ME,
            Application.first_by.is_distinct_from(ME),
            level == func.any(mine),
        )
        return and_(rows.pending == kind, or_(not_(DECIDES), waits.exists()))

    return test


_Q, _S, _P = QueueName, Status, Permission


def _desk(name: QueueName, label: str, permission: Permission) -> Queue:
    """Cases whose next step is a desk's."""
    statuses = frozenset(status for status, desk in DESKS.items() if desk is permission)
    return Queue(name, label, Group.DESK, permission, statuses)


def _in(name: QueueName, label: str, group: Group, permission: Permission, status: Status) -> Queue:
    return Queue(name, label, group, permission, frozenset({status}))


def _request(name: QueueName, label: str, kind: str, statuses: frozenset[Status]) -> Queue:
    return Queue(name, label, Group.REQUEST, _P.INCIDENT_DECIDE, statuses, _asks(kind), True, kind)


def _watch(
    name: QueueName,
    label: str,
    permission: Permission,
    test: Test,
    *,
    statuses: frozenset[Status] = OPEN,
    few: bool = True,
) -> Queue:
    return Queue(name, label, Group.WATCH, permission, statuses, test, few)


QUEUES: Mapping[QueueName, Queue] = {
    queue.name: queue
    for queue in (
        Queue(_Q.MINE, "我认领的", Group.MINE, _P.INCIDENT_CLAIM, frozenset(DESKS), _mine, True),
        _desk(_Q.ACCEPT, "待受理", _P.INCIDENT_ACCEPT),
        _in(_Q.VERIFY, "核实中", Group.FIELD, _P.INCIDENT_ACCEPT, _S.VERIFYING),
        _desk(_Q.FILE, "待立案", _P.INCIDENT_FILE),
        _desk(_Q.DISPATCH, "待派遣", _P.INCIDENT_DISPATCH),
        _in(_Q.DISPATCHED, "待处置", Group.UNIT, _P.INCIDENT_HANDLE, _S.DISPATCHED),
        _in(_Q.HANDLING, "处置中", Group.UNIT, _P.INCIDENT_HANDLE, _S.HANDLING),
        _desk(_Q.CHECK, "反馈待核查", _P.INCIDENT_SEND_TO_CHECK),
        _in(_Q.CHECKING, "核查中", Group.FIELD, _P.INCIDENT_SEND_TO_CHECK, _S.CHECKING),
        _desk(_Q.CLOSE, "待结案", _P.INCIDENT_CLOSE),
        _watch(
            *(_Q.RETURNS, "回退", _P.INCIDENT_SUPERVISE, _returned),
            statuses=frozenset(MOVES["confirm_return"].steps),
        ),
        _request(_Q.EXTENSIONS, "延期待审批", "extension", WITH_UNIT),
        _request(_Q.SUSPENSIONS, "挂账待审批", "suspension", WITH_UNIT),
        _request(_Q.VOIDS, "作废待审批", "void", frozenset(MOVES["request_void"].steps)),
        _request(_Q.APPEALS, "申诉待审核", "appeal", frozenset({_S.CLOSED})),
        _watch(_Q.SUPERVISED, "督办中", _P.INCIDENT_SUPERVISE, supervised),
        _watch(_Q.OVERDUE, "超时", _P.INCIDENT_URGE, overdue, few=False),
        _in(_Q.SUSPENDED, "挂账", Group.WATCH, _P.INCIDENT_DISPATCH, _S.SUSPENDED),
        _watch(_Q.NO_CELL, "无网格", _P.INCIDENT_PLACE, nowhere),
        _watch(
            *(_Q.DUPLICATES, "疑似重复", _P.INCIDENT_MERGE, _alike),
            statuses=frozenset(MOVES["merge"].steps),
        ),
    )
}


def held_since(rules: Rules) -> datetime:
    """Claims from before this moment have run out."""
    return datetime.now(UTC) - timedelta(minutes=rules.claim_minutes)


def values(actor: Actor, rules: Rules) -> dict[str, Any]:
    """The parameters that the tests of queues refer to, besides those of sight."""
    found: dict[str, Any] = {
        "held": held_since(rules),
        "decides": actor.may(Permission.INCIDENT_DECIDE),
    }
    for kind, levels in rules.approvals:
        found[f"{kind}_last"] = len(levels) - 1
        found[f"{kind}_levels"] = [n for n, role in enumerate(levels) if role in actor.roles]
    return found
