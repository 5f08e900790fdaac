"""What the side branches to the field do: tasks to verify and to check, handling on the spot."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zlib import crc32

from app import db
from app.incidents.branches import Task
from app.incidents.case import Case
from app.incidents.errors import TaskTo
from app.incidents.moves_in import FeedBack, Forward, Note, Reason, TaskOut
from app.incidents.states import Stage
from app.people import checks as people
from app.people.models import Account
from app.permissions import Permission, permissions_of
from app.worktime.clock import Clock

STEWARD = "incidents/other_steward.sql"


async def _send_to_verify(case: Case, command: TaskOut) -> dict[str, Any]:
    """To the cell's own steward, or another one when that is the reporter."""
    return await _send(case, "verify", command, crossed=False)


async def _send_to_check(case: Case, command: TaskOut) -> dict[str, Any]:
    """To the cell's own steward; a sample goes to another cell's."""
    share = case.rules.cross_check_share
    drawn = crc32(case.incident.id.bytes + bytes([case.incident.rework_count % 256]))
    return await _send(case, "check", command, crossed=drawn % 1000 < share * 1000)


async def _send(case: Case, kind: str, command: TaskOut, *, crossed: bool) -> dict[str, Any]:
    limit = case.rules.stage_limits.of(Stage.VERIFY if kind == "verify" else Stage.CHECK)
    if command.assignee is not None:
        assignee: UUID | None = (await _allowed(case, command.assignee)).id
        crossed = False
    else:
        assignee = await _chosen(case, crossed=crossed)
    crossed = crossed and assignee not in (None, case.incident.steward_id)
    task = Task(
        incident_id=case.incident.id,
        kind=kind,
        assignee_id=assignee,
        issued_by=case.actor.id,
        issued_at=case.at,
        due_at=Clock.start(limit.pace, case.calendar.duration(limit), case.at).due(case.calendar),
        crossed=crossed,
    )
    case.session.add(task)
    case.seen_by(assignee)
    return {"task": str(task.id), "assignee": assignee and str(assignee), "crossed": crossed}


async def _chosen(case: Case, *, crossed: bool) -> UUID | None:
    """Who looks: nobody who reported or handled. None: whoever of the field sees it first."""
    incident = case.incident
    involved = {incident.reporter_id, incident.handler_id} if case.rules.impartial_checks else set()
    own = incident.steward_id
    if own is not None and own not in involved and not crossed:
        return own
    others = [known for known in {*involved, own} if known is not None]
    rows = await db.within(
        case.session, db.statement(STEWARD), incident.id, incident.category_code, others
    )
    if rows:
        found: UUID = rows[0]["id"]
        return found
    return own if own not in involved else None


async def _allowed(case: Case, account_id: UUID) -> Account:
    """A person who may check, and who had no hand in the case."""
    account = await people.active_account(case.session, account_id, "/assignee")
    involved = {case.incident.reporter_id, case.incident.handler_id}
    may = Permission.INCIDENT_CHECK in permissions_of(account.roles)
    if not may or (case.rules.impartial_checks and account.id in involved):
        raise TaskTo("/assignee", username=account.username)
    return account


async def _end(case: Case, outcome: str) -> dict[str, Any]:
    await case.know({"task"})
    task = case.task
    if task is None:
        return {}
    task.ended_at, task.ended_by, task.outcome = case.at, case.actor.id, outcome
    return {"task": str(task.id)}


def _replied(outcome: str) -> Any:
    async def effect(case: Case, command: Note) -> dict[str, Any]:
        return await _end(case, outcome)

    return effect


async def _forward(case: Case, command: Forward) -> dict[str, Any]:
    """The same task, somebody else's from now on."""
    account = await _allowed(case, command.assignee)
    task = case.task
    if task is None:
        return {}
    was, task.assignee_id = task.assignee_id, account.id
    case.seen_by(account.id)
    return {"task": str(task.id), "assignee": str(account.id), "assignee_before": str(was)}


async def _return_feedback(case: Case, command: Reason) -> dict[str, Any]:
    """The unit goes on: its clock counts from where it stood."""
    case.incident.return_count += 1
    return {}


async def _self_handle(case: Case, command: FeedBack) -> dict[str, Any]:
    """Fixed by the one who reported it; no unit has it."""
    case.incident.self_handled = True
    case.incident.handler_id = case.actor.id
    return {}


EFFECTS: Mapping[str, Any] = {
    "send_to_verify": _send_to_verify,
    "send_to_check": _send_to_check,
    **{f"verify_{reply}": _replied(reply) for reply in ("exists", "not_exists", "unclear")},
    **{f"check_{reply}": _replied(reply) for reply in ("fixed", "not_fixed", "unclear")},
    "forward_task": _forward,
    "recall_task": _replied("recalled"),
    "return_feedback": _return_feedback,
    "self_handle": _self_handle,
}
