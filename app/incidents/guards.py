"""The questions that a legal move must pass besides: each answers with a named refusal, or None."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from app.incidents.case import Case
from app.incidents.errors import IllegalMove, NotYourUnit
from app.incidents.move import Guard, Move
from app.incidents.refusals import (
    AssignmentStands,
    Barred,
    ClaimedByOther,
    MayNotDecide,
    NoAfterPhoto,
    NoCell,
    NoClock,
    NoHandler,
    NoneLeft,
    NoOrder,
    NoPart,
    NotAppealable,
    NotClaimed,
    NothingReturned,
    NothingToDecide,
    NotImpartial,
    NotSelfHandled,
    NotYourCase,
    NotYourReport,
    NotYourRequest,
    NotYourTask,
    OtherDecision,
    PartsOpen,
    PhotosMissing,
    RequestPending,
    SelfHandled,
    TooLate,
    WrongQueue,
)
from app.incidents.requests import granted
from app.incidents.states import DESKS, LABELS
from app.incidents.workflow import moves_from
from app.permissions import Role
from app.problems import AppError, Forbidden

G = Guard
NEEDS: Mapping[Guard, str] = {
    G.PARTS_DONE: "parts",
    G.PART_MINE: "parts",
    G.TASK_MINE: "task",
    G.DECIDES: "application",
    G.REQUEST_MINE: "application",
    G.ORDERED: "order",
    G.BEFORE_AND_AFTER: "photos",
    G.AFTER_PHOTO: "photos",
    G.UNCLAIMED: "claimer",
    G.CLAIMABLE: "claimer",
}
"""What a guard must know besides the case itself."""

KINDS: Mapping[str, tuple[str, str]] = {
    "extension": ("延期", "an extension"),
    "suspension": ("挂账", "a suspension"),
    "void": ("作废", "voiding"),
    "appeal": ("申诉", "an appeal"),
}


def needs(move: Move) -> set[str]:
    """What must be known before a move can be judged."""
    return {NEEDS[guard] for guard in move.guards if guard in NEEDS}


def why_not(case: Case, move: Move) -> AppError | None:
    """The reason why this actor may not make a move now; None if nothing stands in the way."""
    if not case.actor.may(move.permission):
        return Forbidden(permission=move.permission)
    if case.status not in move.steps:
        found = moves_from(case.status)
        legal = sorted({legal.command for legal in found})
        said = ("、".join(dict.fromkeys(legal.label for legal in found)), ", ".join(legal))
        names = (LABELS[case.status], str(case.status))
        return IllegalMove(state=case.status, state_name=names, legal=legal, said=said)
    if case.system:
        return None
    refusals = (_QUESTIONS[guard](case, move) for guard in move.guards)
    return next((refusal for refusal in refusals if refusal is not None), None)


def _in_charge(case: Case, move: Move) -> AppError | None:
    return None if case.mine else NotYourUnit(move=move.name)


def _claimed(case: Case) -> ClaimedByOther | None:
    """Somebody else's claim that has not run out."""
    incident = case.incident
    if incident.claimed_by in (None, case.actor.id) or incident.claimed_at is None:
        return None
    until = incident.claimed_at + timedelta(minutes=case.rules.claim_minutes)
    if case.at >= until:
        return None
    return ClaimedByOther(by=incident.claimed_by, name=case.claimer, until=until)


def _unclaimed(case: Case, move: Move) -> AppError | None:
    return _claimed(case)


def _claimable(case: Case, move: Move) -> AppError | None:
    wanted = DESKS[case.status]
    if not case.actor.may(wanted):
        names = (LABELS[case.status], str(case.status))
        return WrongQueue(state=case.status, state_name=names, permission=wanted)
    return _claimed(case)


def _claim_mine(case: Case, move: Move) -> AppError | None:
    holder = case.incident.claimed_by
    may = holder is not None and (holder == case.actor.id or Role.SUPERVISOR in case.actor.roles)
    return None if may else NotClaimed()


def _not_barred(case: Case, move: Move) -> AppError | None:
    barred = case.rules.return_needs_another and case.incident.barred_id == case.actor.id
    return Barred() if barred else None


def _placed(case: Case, move: Move) -> AppError | None:
    return None if case.incident.cell_code else NoCell()


def _confirms_return(case: Case, move: Move) -> AppError | None:
    barred = case.incident.barred_id
    return NothingReturned() if barred in (None, case.actor.id) else None


def _assignment_revoked(case: Case, move: Move) -> AppError | None:
    return None if case.incident.handler_id in (None, case.actor.id) else AssignmentStands()


def _has_handler(case: Case, move: Move) -> AppError | None:
    return None if case.incident.handler_id else NoHandler()


def _handled_by_me(case: Case, move: Move) -> AppError | None:
    return None if case.incident.handler_id == case.actor.id else NotYourCase()


def _not_anothers(case: Case, move: Move) -> AppError | None:
    """What the unit has assigned to one of its people is that person's to take."""
    return None if case.incident.handler_id in (None, case.actor.id) else NotYourCase()


def _parts_done(case: Case, move: Move) -> AppError | None:
    waiting = case.open_parts if case.rules.parts_before_feedback else []
    return PartsOpen(count=len(waiting)) if waiting else None


def _part_mine(case: Case, move: Move) -> AppError | None:
    mine = any(part.unit_id in case.actor.units for part in case.open_parts)
    return None if mine else NoPart()


def _task_mine(case: Case, move: Move) -> AppError | None:
    assignee = case.task.assignee_id if case.task else None
    return None if assignee in (None, case.actor.id) else NotYourTask()


def _impartial(case: Case, move: Move) -> AppError | None:
    if not case.rules.impartial_checks:
        return None
    involved = {case.incident.reporter_id, case.incident.handler_id}
    return NotImpartial() if case.actor.id in involved else None


def _my_report(case: Case, move: Move) -> AppError | None:
    return None if case.incident.reporter_id == case.actor.id else NotYourReport()


def _before_and_after(case: Case, move: Move) -> AppError | None:
    if not case.rules.self_handling_needs_photos or case.photos is None:
        return None
    missing = sorted({"before", "after"} - case.photos.stages)
    return PhotosMissing(missing=missing) if missing else None


def _self_handled(case: Case, move: Move) -> AppError | None:
    return None if case.incident.self_handled else NotSelfHandled()


def _by_unit(case: Case, move: Move) -> AppError | None:
    return SelfHandled() if case.incident.self_handled else None


def _after_photo(case: Case, move: Move) -> AppError | None:
    if not case.rules.close_needs_after_photo or case.photos is None or case.photos.proves:
        return None
    return NoAfterPhoto(metres=case.rules.after_photo_metres)


def _nothing_pending(case: Case, move: Move) -> AppError | None:
    pending = case.incident.pending
    return RequestPending(kind=pending, kind_name=KINDS[pending]) if pending else None


def _in_time(case: Case, move: Move) -> AppError | None:
    due = case.incident.due_at
    if due is None:
        return NoClock()
    return TooLate(due_at=due) if case.at > due else None


def _extensions_left(case: Case, move: Move) -> AppError | None:
    most = case.rules.most_extensions
    return NoneLeft(most=most) if case.incident.extension_count >= most else None


def _suspensions_left(case: Case, move: Move) -> AppError | None:
    most = case.rules.most_suspensions
    return NoneLeft(most=most) if case.incident.suspension_count >= most else None


def _appealable(case: Case, move: Move) -> AppError | None:
    incident, days = case.incident, case.rules.appeal_days
    late = incident.overdue_at is not None and not incident.appealed
    ended = incident.ended_at or case.at
    if late and case.at <= ended + timedelta(days=days):
        return None
    return NotAppealable(days=days)


def _decides(case: Case, move: Move) -> AppError | None:
    application = case.application
    if application is None:
        return NothingToDecide()
    role = case.rules.approvals.role(application.kind, application.level)
    involved = {application.requested_by, application.first_by}
    if role not in case.actor.roles or case.actor.id in involved:
        return MayNotDecide(role=role)
    possible = granted(case, application)
    return None if move.name in ("refuse", possible) else OtherDecision(approval=possible)


def _request_mine(case: Case, move: Move) -> AppError | None:
    if case.application is None:
        return NothingToDecide()
    return None if case.application.requested_by == case.actor.id else NotYourRequest()


def _ordered(case: Case, move: Move) -> AppError | None:
    return None if case.order is not None else NoOrder()


_QUESTIONS: Mapping[Guard, Callable[[Case, Move], AppError | None]] = {
    G.IN_CHARGE: _in_charge,
    G.UNCLAIMED: _unclaimed,
    G.CLAIMABLE: _claimable,
    G.CLAIM_MINE: _claim_mine,
    G.NOT_BARRED: _not_barred,
    G.PLACED: _placed,
    G.CONFIRMS_RETURN: _confirms_return,
    G.ASSIGNMENT_REVOKED: _assignment_revoked,
    G.HAS_HANDLER: _has_handler,
    G.HANDLED_BY_ME: _handled_by_me,
    G.NOT_ANOTHERS: _not_anothers,
    G.PARTS_DONE: _parts_done,
    G.PART_MINE: _part_mine,
    G.TASK_MINE: _task_mine,
    G.IMPARTIAL: _impartial,
    G.MY_REPORT: _my_report,
    G.BEFORE_AND_AFTER: _before_and_after,
    G.SELF_HANDLED: _self_handled,
    G.BY_UNIT: _by_unit,
    G.AFTER_PHOTO: _after_photo,
    G.NOTHING_PENDING: _nothing_pending,
    G.IN_TIME: _in_time,
    G.EXTENSIONS_LEFT: _extensions_left,
    G.SUSPENSIONS_LEFT: _suspensions_left,
    G.APPEALABLE: _appealable,
    G.DECIDES: _decides,
    G.REQUEST_MINE: _request_mine,
    G.ORDERED: _ordered,
}
