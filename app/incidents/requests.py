"""Requests and their decisions: extension, suspension, void, appeal, level by level."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.incidents import clocks, refusals
from app.incidents.branches import Application
from app.incidents.case import Case
from app.incidents.errors import NotAhead, OtherPace, OutOfRange
from app.incidents.moves_in import (
    Command,
    Decision,
    Note,
    Reason,
    RequestExtension,
    RequestSuspension,
)
from app.incidents.states import Stage
from app.incidents.workflow import MOVES
from app.worktime.limits import Limit, LimitUnit

GRANTED = {"extension": "extend", "suspension": "suspend", "void": "void", "appeal": "exempt"}
"""The move that the last approval of a request makes."""


async def outcome(case: Case, command: Command) -> str:
    """The move that a decision makes now."""
    assert isinstance(command, Decision)  # noqa: S101 - the address has this schema
    await case.know({"application"})
    if case.application is None:
        raise refusals.NothingToDecide
    return granted(case, case.application) if command.approved else "refuse"


def granted(case: Case, application: Application) -> str:
    """The move that an approval makes: the last level's does what was asked for."""
    last = application.level + 1 >= len(case.rules.approvals.levels(application.kind))
    return GRANTED[application.kind] if last else "approve"


def _open(case: Case, kind: str, reason: str, **more: Any) -> dict[str, Any]:
    incident = case.incident
    application = Application(
        incident_id=incident.id,
        kind=kind,
        unit_id=incident.unit_id,
        requested_by=case.actor.id,
        requested_at=case.at,
        reason=reason,
        level=0,
        **more,
    )
    case.session.add(application)
    incident.pending = kind
    return {"request": kind}


async def _request_extension(case: Case, command: RequestExtension) -> dict[str, Any]:
    """As long as the limit at most, times the rules' factor."""
    await case.know({"clocks"})
    limit = clocks.limit_of(case, Stage.HANDLE)
    whole = case.calendar.duration(limit)
    wanted = command.amount.limit() if command.amount else limit
    if wanted.pace is not limit.pace:
        units = [str(unit) for unit in LimitUnit if Limit(limit.amount, unit).pace is limit.pace]
        raise OtherPace("/amount/unit", limit=limit.label, units=units)
    factor = case.rules.extension_factor
    if case.calendar.duration(wanted) > whole * factor:
        most = Limit(limit.amount * Decimal(str(factor)), limit.unit)
        raise OutOfRange("/amount", field="amount", most=most.label)
    seconds = round(case.calendar.duration(wanted).total_seconds())
    return _open(case, "extension", command.reason, seconds=seconds) | {"label": wanted.label}


async def _request_suspension(case: Case, command: RequestSuspension) -> dict[str, Any]:
    latest = case.at + timedelta(days=case.rules.suspension_days)
    if command.until <= case.at:
        raise NotAhead("/until", field="until")
    if command.until > latest:
        raise OutOfRange("/until", field="until", most=latest)
    return _open(case, "suspension", command.reason, until=command.until)


async def _request_void(case: Case, command: Reason) -> dict[str, Any]:
    return _open(case, "void", command.reason)


async def _appeal(case: Case, command: Reason) -> dict[str, Any]:
    """Against the overdue fact, once; the fact stays whatever is decided."""
    case.incident.appealed = True
    return _open(case, "appeal", command.reason)


def _decided(case: Case, outcome: str) -> Application:
    application = case.application
    assert application is not None  # noqa: S101 - Guard.DECIDES has looked
    application.decided_at, application.decided_by = case.at, case.actor.id
    application.outcome = outcome
    case.incident.pending = None
    return application


async def _refuse(case: Case, command: Decision) -> dict[str, Any]:
    return {"request": _decided(case, "refused").kind}


async def _approve(case: Case, command: Decision) -> dict[str, Any]:
    """The first of two levels."""
    application = case.application
    assert application is not None  # noqa: S101 - Guard.DECIDES has looked
    application.level += 1
    application.first_by = case.actor.id
    return {"request": application.kind, "level": application.level}


async def _extend(case: Case, command: Decision) -> dict[str, Any]:
    """More time from the limit's end on; a deadline passed while it waited is in time again."""
    application = _decided(case, "approved")
    case.incident.extension_count += 1
    await case.know({"clocks"})
    row = clocks.running(case)
    if row is not None and application.seconds is not None:
        more = timedelta(seconds=application.seconds)
        clocks.keep_clock(case, row, clocks.of(row).extend(more, case.at, "extend"))
    return {"request": application.kind, "seconds": application.seconds}


async def _suspend(case: Case, command: Decision) -> dict[str, Any]:
    application = _decided(case, "approved")
    case.incident.suspension_count += 1
    case.incident.suspended_until = application.until
    return {"request": application.kind}


async def _void(case: Case, command: Decision) -> dict[str, Any]:
    case.incident.suspended_until = None
    return {"request": _decided(case, "approved").kind}


async def _exempt(case: Case, command: Decision) -> dict[str, Any]:
    """The overdue stays a fact and leaves the counted result."""
    application = _decided(case, "approved")
    await case.know({"clocks"})
    for row in case.clocks:
        if row.stage == Stage.HANDLE and row.overdue_at is not None:
            row.exempt = True
    return {"request": application.kind}


async def _withdraw(case: Case, command: Note) -> dict[str, Any]:
    application = _decided(case, "withdrawn")
    if application.kind == "appeal":
        case.incident.appealed = False
    return {"request": application.kind}


async def _resume(case: Case, command: Note) -> dict[str, Any]:
    """The clock goes on with what was left; the unit signs again."""
    case.incident.suspended_until, case.incident.handler_id = None, None
    return {}


async def lapse(case: Case) -> dict[str, Any]:
    """A request that could not be granted in the case's new state ends, and the fact says so."""
    pending = case.incident.pending
    if pending is None or case.status in MOVES[GRANTED[pending]].steps:
        return {}
    await case.know({"application"})
    if case.application is None or case.application.decided_at is not None:
        return {}
    lapsed = _decided(case, "lapsed")
    lapsed.decided_by = None
    return {"lapsed": pending, "lapsed_for": str(lapsed.requested_by)}


EFFECTS: Mapping[str, Any] = {
    "request_extension": _request_extension,
    "request_suspension": _request_suspension,
    "request_void": _request_void,
    "appeal": _appeal,
    "refuse": _refuse,
    "approve": _approve,
    "extend": _extend,
    "suspend": _suspend,
    "void": _void,
    "exempt": _exempt,
    "withdraw": _withdraw,
    "resume": _resume,
}
