"""The legal moves of a case, as a table: pure data, walked exhaustively by a test."""

from collections.abc import Iterable, Mapping

from app.incidents.move import Guard, Move
from app.incidents.states import DESKS, OPEN, WITH_UNIT, Status
from app.permissions import Permission


def _all_to(to: Status, *froms: Status) -> Mapping[Status, Status]:
    return dict.fromkeys(froms, to)


def _stay(statuses: Iterable[Status]) -> Mapping[Status, Status]:
    return {status: status for status in statuses}


_S, _P, _G = Status, Permission, Guard
_VOIDABLE = (_S.REPORTED, _S.ACCEPTED, _S.FILED, _S.DISPATCHED, _S.HANDLING, _S.SUSPENDED)
_DECIDED = OPEN | {_S.CLOSED}
_UNIT = (_G.IN_CHARGE,)
_DESK = (_G.UNCLAIMED,)

_DESK_MOVES = (
    Move("accept", "受理", _all_to(_S.ACCEPTED, _S.REPORTED), _P.INCIDENT_ACCEPT, _DESK),
    Move(
        "reject",
        "不予受理",
        _all_to(_S.REJECTED, _S.REPORTED, _S.ACCEPTED),
        _P.INCIDENT_REJECT,
        _DESK,
    ),
    Move(
        "file",
        "立案",
        _all_to(_S.FILED, _S.ACCEPTED),
        _P.INCIDENT_FILE,
        (*_DESK, _G.NOT_BARRED, _G.PLACED),
    ),
    Move("return_report", "退回受理", _all_to(_S.REPORTED, _S.ACCEPTED), _P.INCIDENT_FILE, _DESK),
    Move("return_filing", "退回立案", _all_to(_S.ACCEPTED, _S.FILED), _P.INCIDENT_DISPATCH, _DESK),
    Move(
        "dispatch",
        "派遣",
        _all_to(_S.DISPATCHED, _S.FILED),
        _P.INCIDENT_DISPATCH,
        (*_DESK, _G.NOT_BARRED),
    ),
    Move(
        "recall",
        "收回派遣",
        _all_to(_S.FILED, *WITH_UNIT),
        _P.INCIDENT_DISPATCH,
        (_G.NOTHING_PENDING,),
    ),
    Move(
        "confirm_return",
        "确认回退",
        _stay((_S.FILED, _S.ACCEPTED)),
        _P.INCIDENT_SUPERVISE,
        (_G.CONFIRMS_RETURN,),
    ),
    Move("rework", "返工", _all_to(_S.DISPATCHED, _S.CHECK_FAILED), _P.INCIDENT_DISPATCH, _DESK),
    Move(
        "close", "结案", _all_to(_S.CLOSED, _S.CHECKED), _P.INCIDENT_CLOSE, (*_DESK, _G.AFTER_PHOTO)
    ),
    Move("return_check", "退回核查", _all_to(_S.HANDLED, _S.CHECKED), _P.INCIDENT_CLOSE, _DESK),
    Move(
        "reopen",
        "重新打开",
        {_S.CLOSED: _S.FILED, _S.REJECTED: _S.REPORTED},
        _P.INCIDENT_REOPEN,
    ),
    Move("place", "定位", _stay(OPEN), _P.INCIDENT_PLACE),
    Move("claim", "认领", _stay(DESKS), _P.INCIDENT_CLAIM, (_G.CLAIMABLE,)),
    Move("unclaim", "释放", _stay(DESKS), _P.INCIDENT_CLAIM, (_G.CLAIM_MINE,)),
    Move(
        "merge",
        "合并",
        _all_to(_S.MERGED, _S.REPORTED, _S.ACCEPTED, _S.FILED),
        _P.INCIDENT_MERGE,
        (*_DESK, _G.NOTHING_PENDING),
    ),
    Move("unmerge", "取消合并", _all_to(_S.REPORTED, _S.MERGED), _P.INCIDENT_MERGE),
)

_UNIT_MOVES = (
    Move(
        "take",
        "签收",
        _all_to(_S.HANDLING, _S.DISPATCHED),
        _P.INCIDENT_HANDLE,
        (*_UNIT, _G.NOT_ANOTHERS),
    ),
    Move("assign", "指派", _stay(WITH_UNIT), _P.INCIDENT_ASSIGN, _UNIT),
    Move("unassign", "收回指派", _stay(WITH_UNIT), _P.INCIDENT_ASSIGN, (*_UNIT, _G.HAS_HANDLER)),
    Move("delegate", "委托", _stay((_S.HANDLING,)), _P.INCIDENT_HANDLE, (_G.HANDLED_BY_ME,)),
    Move(
        "return",
        "回退",
        _all_to(_S.FILED, *WITH_UNIT),
        _P.INCIDENT_HANDLE,
        (*_UNIT, _G.ASSIGNMENT_REVOKED, _G.NOTHING_PENDING),
    ),
    Move(
        "feed_back",
        "反馈",
        _all_to(_S.HANDLED, *WITH_UNIT),
        _P.INCIDENT_HANDLE,
        (*_UNIT, _G.PARTS_DONE, _G.NOTHING_PENDING),
    ),
    Move("reply_part", "协办反馈", _stay(WITH_UNIT), _P.INCIDENT_HANDLE, (_G.PART_MINE,)),
    Move("reply_order", "督办回复", _stay(OPEN), _P.INCIDENT_HANDLE, (*_UNIT, _G.ORDERED)),
)

_FIELD_MOVES = (
    Move(
        "send_to_verify",
        "派核实",
        _all_to(_S.VERIFYING, _S.REPORTED),
        _P.INCIDENT_ACCEPT,
        (*_DESK, _G.NOTHING_PENDING),
    ),
    *(
        Move(
            f"verify_{reply}",
            label,
            _all_to(_S.REPORTED, _S.VERIFYING),
            _P.INCIDENT_CHECK,
            (_G.TASK_MINE, _G.IMPARTIAL),
            "verify-result",
        )
        for reply, label in (
            ("exists", "核实属实"),
            ("not_exists", "核实不属实"),
            ("unclear", "无法核实"),
        )
    ),
    Move(
        "send_to_check",
        "派核查",
        _all_to(_S.CHECKING, _S.HANDLED),
        _P.INCIDENT_SEND_TO_CHECK,
        _DESK,
    ),
    *(
        Move(
            f"check_{reply}",
            label,
            _all_to(to, _S.CHECKING),
            _P.INCIDENT_CHECK,
            (_G.TASK_MINE, _G.IMPARTIAL),
            "check-result",
        )
        for reply, label, to in (
            ("fixed", "核查通过", _S.CHECKED),
            ("not_fixed", "核查不通过", _S.CHECK_FAILED),
            ("unclear", "无法核查", _S.HANDLED),
        )
    ),
    Move(
        "forward_task",
        "转交任务",
        _stay((_S.VERIFYING, _S.CHECKING)),
        _P.INCIDENT_CHECK,
        (_G.TASK_MINE,),
    ),
    Move(
        "recall_task",
        "收回任务",
        {_S.VERIFYING: _S.REPORTED, _S.CHECKING: _S.HANDLED},
        _P.INCIDENT_SEND_TO_CHECK,
    ),
    Move(
        "return_feedback",
        "退回处置",
        _all_to(_S.HANDLING, _S.HANDLED),
        _P.INCIDENT_SEND_TO_CHECK,
        (*_DESK, _G.BY_UNIT),
    ),
    Move(
        "self_handle",
        "自处理",
        _all_to(_S.HANDLED, _S.REPORTED),
        _P.INCIDENT_SELF_HANDLE,
        (_G.MY_REPORT, _G.BEFORE_AND_AFTER),
    ),
    Move(
        "approve_self_handled",
        "自处理审核",
        _all_to(_S.CHECKED, _S.HANDLED),
        _P.INCIDENT_SEND_TO_CHECK,
        (*_DESK, _G.SELF_HANDLED, _G.IMPARTIAL),
    ),
)

_REQUEST_MOVES = (
    Move(
        "request_extension",
        "申请延期",
        _stay(WITH_UNIT),
        _P.INCIDENT_HANDLE,
        (*_UNIT, _G.NOTHING_PENDING, _G.IN_TIME, _G.EXTENSIONS_LEFT),
    ),
    Move(
        "request_suspension",
        "申请挂账",
        _stay(WITH_UNIT),
        _P.INCIDENT_HANDLE,
        (*_UNIT, _G.NOTHING_PENDING, _G.SUSPENSIONS_LEFT),
    ),
    Move(
        "request_void",
        "申请作废",
        _stay(_VOIDABLE),
        _P.INCIDENT_REQUEST_VOID,
        (_G.NOTHING_PENDING,),
    ),
    Move(
        "appeal",
        "申诉",
        _stay((_S.CLOSED,)),
        _P.INCIDENT_HANDLE,
        (*_UNIT, _G.NOTHING_PENDING, _G.APPEALABLE),
    ),
    Move("withdraw", "撤回申请", _stay(_DECIDED), _P.INCIDENT_READ, (_G.REQUEST_MINE,)),
    *(
        Move(name, label, steps, _P.INCIDENT_DECIDE, (_G.DECIDES,), "decide")
        for name, label, steps in (
            ("refuse", "不同意", _stay(_DECIDED)),
            ("approve", "同意并上报", _stay(_DECIDED)),
            ("extend", "延期", _stay(WITH_UNIT)),
            ("suspend", "挂账", _all_to(_S.SUSPENDED, *WITH_UNIT)),
            ("void", "作废", _all_to(_S.VOIDED, *_VOIDABLE)),
            ("exempt", "申诉成立", _stay((_S.CLOSED,))),
        )
    ),
    Move("resume", "恢复", _all_to(_S.DISPATCHED, _S.SUSPENDED), _P.INCIDENT_DISPATCH),
)

_OVERSIGHT_MOVES = (
    Move("urge", "催办", _stay(OPEN), _P.INCIDENT_URGE),
    Move("supervise", "督办", _stay(OPEN), _P.INCIDENT_SUPERVISE),
    Move("add_evidence", "补充证据", _stay(OPEN), _P.INCIDENT_ADD_EVIDENCE, address="media"),
)

MOVES: Mapping[str, Move] = {
    move.name: move
    for move in (*_DESK_MOVES, *_UNIT_MOVES, *_FIELD_MOVES, *_REQUEST_MOVES, *_OVERSIGHT_MOVES)
}


def moves_from(status: Status) -> list[Move]:
    """The moves that are legal in a state, for whoever may make them."""
    return [move for move in MOVES.values() if status in move.steps]
