"""The legal moves of a case, as a table: pure data, walked exhaustively by a test."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.permissions import Permission


class Status(StrEnum):
    """Where a case is."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    HANDLED = "handled"
    CHECKING = "checking"
    CHECKED = "checked"
    CLOSED = "closed"
    REJECTED = "rejected"
    VOIDED = "voided"


ENDED = frozenset({Status.CLOSED, Status.REJECTED, Status.VOIDED})
OPEN = frozenset(Status) - ENDED


class Source(StrEnum):
    """How a report came in."""

    STEWARD = "steward"
    HOTLINE = "hotline"
    RESIDENT = "resident"
    CAMERA = "camera"
    LEADER = "leader"
    MEDIA = "media"
    PARTNER = "partner"
    SENSOR = "sensor"
    IMPORT = "import"
    OTHER = "other"


LABELS: Mapping[Status, str] = {
    Status.REPORTED: "已上报",
    Status.ACCEPTED: "待立案",
    Status.FILED: "待派遣",
    Status.DISPATCHED: "待处置",
    Status.HANDLING: "处置中",
    Status.HANDLED: "待核查",
    Status.CHECKING: "核查中",
    Status.CHECKED: "待结案",
    Status.CLOSED: "已结案",
    Status.REJECTED: "不予受理",
    Status.VOIDED: "已作废",
}


@dataclass(frozen=True)
class Move:
    """One command: from which states to which, who may, and what it needs.

    `of_unit`: only people of the unit that the case was dispatched to. `address`: where the
    command's address is not its name.
    """

    name: str
    label: str
    steps: Mapping[Status, Status]
    permission: Permission
    of_unit: bool = False
    address: str = ""

    @property
    def command(self) -> str:
        """The last part of its address; both results of a check share one."""
        return self.address or self.name.replace("_", "-")


def _all_to(to: Status, *froms: Status) -> Mapping[Status, Status]:
    return dict.fromkeys(froms, to)


_S, _P = Status, Permission

MOVES: Mapping[str, Move] = {
    move.name: move
    for move in (
        Move("accept", "受理", _all_to(_S.ACCEPTED, _S.REPORTED), _P.INCIDENT_ACCEPT),
        Move(
            "reject",
            "不予受理",
            _all_to(_S.REJECTED, _S.REPORTED, _S.ACCEPTED),
            _P.INCIDENT_REJECT,
        ),
        Move("file", "立案", _all_to(_S.FILED, _S.ACCEPTED), _P.INCIDENT_FILE),
        Move("dispatch", "派遣", _all_to(_S.DISPATCHED, _S.FILED), _P.INCIDENT_DISPATCH),
        Move("take", "签收", _all_to(_S.HANDLING, _S.DISPATCHED), _P.INCIDENT_HANDLE, of_unit=True),
        Move(
            "return",
            "回退",
            _all_to(_S.FILED, _S.DISPATCHED, _S.HANDLING),
            _P.INCIDENT_HANDLE,
            of_unit=True,
        ),
        Move(
            "feed_back",
            "反馈",
            _all_to(_S.HANDLED, _S.DISPATCHED, _S.HANDLING),
            _P.INCIDENT_HANDLE,
            of_unit=True,
        ),
        Move(
            "send_to_check", "派核查", _all_to(_S.CHECKING, _S.HANDLED), _P.INCIDENT_SEND_TO_CHECK
        ),
        Move(
            "pass_check",
            "核查通过",
            _all_to(_S.CHECKED, _S.CHECKING),
            _P.INCIDENT_CHECK,
            address="check-result",
        ),
        Move(
            "fail_check",
            "核查不通过",
            _all_to(_S.FILED, _S.CHECKING),
            _P.INCIDENT_CHECK,
            address="check-result",
        ),
        Move("close", "结案", _all_to(_S.CLOSED, _S.CHECKED), _P.INCIDENT_CLOSE),
        Move(
            "reopen",
            "重新打开",
            {_S.CLOSED: _S.FILED, _S.REJECTED: _S.REPORTED},
            _P.INCIDENT_REOPEN,
        ),
        Move(
            "void",
            "作废",
            _all_to(_S.VOIDED, _S.REPORTED, _S.ACCEPTED, _S.FILED, _S.DISPATCHED, _S.HANDLING),
            _P.INCIDENT_REQUEST_VOID,
        ),
        Move("place", "定位", {status: status for status in OPEN}, _P.INCIDENT_PLACE),
    )
}


def moves_from(status: Status) -> list[Move]:
    """The moves that are legal in a state, for whoever may make them."""
    return [move for move in MOVES.values() if status in move.steps]
