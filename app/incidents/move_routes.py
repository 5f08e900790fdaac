"""HTTP of moves: one endpoint for each address, and what may be done with a case now."""

from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Actor, may
from app.db import Session
from app.incidents import moves_in as m
from app.incidents import queries, refusals, service
from app.incidents.errors import (
    IllegalMove,
    MayNotHandle,
    MergeTarget,
    NotAhead,
    NotInUnit,
    NotYourUnit,
    NoUnit,
    OtherPace,
    OutOfRange,
    TaskTo,
    UnknownCategory,
    UnknownCell,
    UnknownCondition,
)
from app.incidents.schemas import IncidentOut, MoveList, MoveOut
from app.incidents.workflow import MOVES
from app.people.errors import UnknownAccount, UnknownUnit
from app.permissions import Permission
from app.problems import NotFound, StaleVersion, raises
from app.replies import IfMatch, Language, tagged
from app.schemas import Problem

router = APIRouter(prefix="/api/v1", tags=["moves"])
R = refusals


@router.get("/incidents/{incident_id}/moves", responses=raises(NotFound))
async def list_moves(
    incident_id: UUID,
    session: Session,
    actor: Annotated[Actor, may(Permission.INCIDENT_READ)],
    language: Language,
) -> MoveList:
    """Every move: whether you may make it now, and why not if not."""
    judged = await service.moves(session, actor, incident_id)
    items = [
        MoveOut(
            name=move.name,
            label=move.label,
            command=move.command,
            allowed=error is None,
            to=to,
            problem=Problem.model_validate(error.problem(language)) if error else None,
        )
        for move, to, error in judged
    ]
    return MoveList(items=items)


class Address(NamedTuple):
    """What is sent to an address: `name` is how `service.act` calls its moves."""

    name: str
    schema: type[m.Command]
    permission: Permission


COMMANDS: dict[str, Address] = {}
"""Every address of moves, by the last part of it."""


def _command(address: str, schema: type[m.Command], *errors: Any, does: str) -> None:
    """One endpoint at an address, with the permission of its moves in its signature.

    `does` is the verb of its name in the API; the moves at one address share their permission.
    """
    moves = [move for move in MOVES.values() if move.command == address]
    (permission,) = {move.permission for move in moves}
    name = moves[0].name if len(moves) == 1 else SHARED[address]
    COMMANDS[address] = Address(name, schema, permission)

    async def endpoint(
        incident_id: UUID, session: Session, actor: Any, command: Any, if_match: IfMatch = None
    ) -> Response:
        incident = await service.act(session, actor, incident_id, name, command, version=if_match)
        return tagged(incident.version, await queries.body_within(session, incident.id))

    endpoint.__name__ = does
    endpoint.__doc__ = " / ".join(move.label for move in moves) + "."
    endpoint.__annotations__ |= {"actor": Annotated[Actor, may(permission)], "command": schema}
    router.add_api_route(
        f"/incidents/{{incident_id}}/{address}",
        endpoint,
        methods=["POST"],
        response_model=IncidentOut,
        responses=raises(NotFound, IllegalMove, StaleVersion, *errors),
    )


SHARED = {"verify-result": "verify", "check-result": "check", "decide": "decide"}
"""Addresses whose moves differ by what the command says."""
DESK = (R.ClaimedByOther,)
UNIT = (NotYourUnit,)
PERSON = (NotInUnit, UnknownAccount, MayNotHandle)
TASK = (R.NotYourTask, R.NotImpartial)
SEND = (*DESK, TaskTo, UnknownAccount)
REQUEST = (*UNIT, R.RequestPending)

_command("accept", m.Accept, *DESK, UnknownCategory, does="accept_incident")
_command("reject", m.Reason, *DESK, does="reject_incident")
_command("file", m.Filing, *DESK, UnknownCondition, R.Barred, R.NoCell, does="file_incident")
_command("return-report", m.Reason, *DESK, does="return_report_incident")
_command("return-filing", m.Reason, *DESK, does="return_filing_incident")
_command(
    "dispatch",
    m.Dispatch,
    *(*DESK, R.Barred, NoUnit, UnknownUnit, UnknownAccount, MayNotHandle),
    does="dispatch_incident",
)
_command("recall", m.Reason, R.RequestPending, does="recall_incident")
_command("confirm-return", m.Note, R.NothingReturned, does="confirm_return_incident")
_command("rework", m.Rework, *DESK, NoUnit, UnknownUnit, does="rework_incident")
_command("close", m.Note, *DESK, R.NoAfterPhoto, does="close_incident")
_command("return-check", m.Reason, *DESK, does="return_check_incident")
_command("reopen", m.Reason, does="reopen_incident")
_command("place", m.Placing, UnknownCell, does="place_incident")
_command("claim", m.Note, *DESK, R.WrongQueue, does="claim_incident")
_command("unclaim", m.Note, R.NotClaimed, does="unclaim_incident")
_command("merge", m.Merge, *DESK, MergeTarget, R.RequestPending, does="merge_incident")
_command("unmerge", m.Note, does="unmerge_incident")
_command("take", m.Note, *UNIT, R.NotYourCase, does="take_incident")
_command("assign", m.Assign, *UNIT, *PERSON, does="assign_incident")
_command("unassign", m.Note, *UNIT, R.NoHandler, does="unassign_incident")
_command("delegate", m.Assign, R.NotYourCase, *PERSON, does="delegate_incident")
_command("return", m.Reason, *REQUEST, R.AssignmentStands, does="return_incident")
_command("feed-back", m.FeedBack, *REQUEST, R.PartsOpen, does="feed_back_incident")
_command("reply-part", m.FeedBack, R.NoPart, does="reply_incident_part")
_command("reply-order", m.OrderReply, *UNIT, R.NoOrder, does="reply_incident_order")
_command("send-to-verify", m.TaskOut, *SEND, R.RequestPending, does="send_incident_to_verify")
_command("verify-result", m.VerifyResult, *TASK, does="report_verify_result")
_command("send-to-check", m.TaskOut, *SEND, does="send_incident_to_check")
_command("check-result", m.CheckResult, *TASK, does="report_check_result")
_command("forward-task", m.Forward, *TASK, TaskTo, UnknownAccount, does="forward_task")
_command("recall-task", m.Note, does="recall_task")
_command("return-feedback", m.Reason, *DESK, R.SelfHandled, does="return_feedback_incident")
_command("self-handle", m.FeedBack, R.NotYourReport, R.PhotosMissing, does="self_handle_incident")
_command(
    "approve-self-handled",
    m.Note,
    *(*DESK, R.NotSelfHandled, R.NotImpartial),
    does="approve_self_handled_incident",
)
_command(
    "request-extension",
    m.RequestExtension,
    *(*REQUEST, R.TooLate, R.NoClock, R.NoneLeft, OutOfRange, OtherPace),
    does="request_extension",
)
_command(
    "request-suspension",
    m.RequestSuspension,
    *(*REQUEST, R.NoneLeft, OutOfRange, NotAhead),
    does="request_suspension",
)
_command("request-void", m.Reason, R.RequestPending, does="request_void")
_command("appeal", m.Reason, *REQUEST, R.NotAppealable, does="appeal_incident")
_command("withdraw", m.Note, R.NothingToDecide, R.NotYourRequest, does="withdraw_request")
_command("decide", m.Decision, R.NothingToDecide, R.MayNotDecide, does="decide_request")
_command("resume", m.Note, does="resume_incident")
_command("urge", m.Note, does="urge_incident")
_command("supervise", m.Supervise, NotAhead, does="supervise_incident")
