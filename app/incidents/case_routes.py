"""HTTP of what hangs on a case and of what rules all cases: clocks, queues, suggestions, rules."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.auth import Actor, may
from app.db import Session
from app.incidents import (
    explain,
    figures,
    hanging,
    preview,
    queries,
    queues,
    reporters,
    rulebook,
    suggest,
)
from app.incidents.case import open_case
from app.incidents.clock_schemas import (
    AccuracyOut,
    ClockList,
    DeadlineAsked,
    DeadlineOut,
    QueueList,
    ReporterList,
    RulesOut,
    ShareList,
    SuggestionOut,
)
from app.incidents.errors import IllegalMove, UnknownCondition
from app.incidents.hanging_schemas import HangingOut, RequestPage, TaskPage
from app.incidents.rules import Rules
from app.incidents.schemas import IncidentOut
from app.pages import After, Limit
from app.permissions import Permission
from app.problems import Forbidden, Invalid, NotFound, StaleVersion, raises
from app.replies import IfMatch, Language, tagged
from app.schemas import Code, Moment

router = APIRouter(prefix="/api/v1", tags=["incidents"])
P = Permission
Reader = Annotated[Actor, may(P.INCIDENT_READ)]
Statistician = Annotated[Actor, may(P.STATISTICS_READ)]
A_MONTH = timedelta(days=30)


@router.get("/incidents/{incident_id}/clock", responses=raises(NotFound))
async def get_incident_clock(incident_id: UUID, session: Session, actor: Reader) -> ClockList:
    """Every stage clock: what ran, stood still and was added, to be checked with a pencil."""
    return await explain.of_case(session, actor, incident_id)


@router.get(
    "/incidents/{incident_id}/deadline",
    responses=raises(NotFound, Forbidden, IllegalMove, UnknownCondition),
)
async def get_incident_deadline(
    incident_id: UUID,
    session: Session,
    actor: Reader,
    asked: Annotated[DeadlineAsked, Query()],
) -> DeadlineOut:
    """The clock that a move would start now, to be seen before it is made."""
    return await preview.deadline(session, actor, incident_id, asked)


@router.get("/incidents/{incident_id}/branches", responses=raises(NotFound))
async def get_incident_branches(incident_id: UUID, session: Session, actor: Reader) -> HangingOut:
    """All that hangs on a case: tasks, requests, co-handling units, supervision orders."""
    return await hanging.of_case(session, actor, incident_id)


@router.get("/me/tasks")
async def list_my_tasks(
    session: Session, actor: Reader, limit: Limit = 200, after: After = None
) -> TaskPage:
    """Open tasks in the field, the most urgent first: yours, and nobody's where you may check."""
    return await hanging.my_tasks(session, actor, limit, after)


@router.get("/requests")
async def list_requests(
    session: Session,
    actor: Annotated[Actor, may(P.INCIDENT_DECIDE)],
    limit: Limit = 200,
    after: After = None,
) -> RequestPage:
    """Requests that wait for your decision, oldest first."""
    return await hanging.waiting_requests(session, actor, limit, after)


@router.get("/incidents/{incident_id}/reporters", responses=raises(NotFound))
async def list_reporters(incident_id: UUID, session: Session, actor: Reader) -> ReporterList:
    """Who reported the matter, merged cases included: each gets the feedback.

    Only the centre learns who they are.
    """
    return await reporters.of_case(session, actor, incident_id)


@router.get("/incidents/{incident_id}/suggestion", responses=raises(NotFound))
async def get_suggestion(
    incident_id: UUID,
    session: Session,
    actor: Annotated[Actor, may(P.INCIDENT_DISPATCH)],
    language: Language,
) -> SuggestionOut:
    """Whom to dispatch to and why: by ownership, else by similar past cases."""
    incident = await queries.get(session, actor, incident_id)
    case = await open_case(session, actor, incident, datetime.now(UTC))
    return await suggest.told(case, language)


@router.get("/queues")
async def list_queues(actor: Reader) -> QueueList:
    """What waits where, as far as you see it: those that are your duty, and all others."""
    return QueueList(items=await queues.counts(actor))


@router.post(
    "/queues/{queue}/claim",
    response_model=IncidentOut,
    responses={**raises(NotFound, Forbidden), 204: {"description": "Nothing waits"}},
)
async def claim_next_incident(
    queue: str, session: Session, actor: Annotated[Actor, may(P.INCIDENT_CLAIM)]
) -> Response:
    """The most urgent unclaimed case of a queue, claimed for you; 204 when nothing waits."""
    found = await queues.claim_next(session, actor, queue)
    if found is None:
        return Response(status_code=204)
    incident = await queries.get(session, actor, found)
    return tagged(incident.version, await queries.body_within(session, found))


@router.get("/rules")
async def get_rules(actor: Annotated[Actor, may(P.CATALOG_READ)], response: Response) -> RulesOut:
    """The city's rules for the life of a case; `ETag` is their version."""
    version, rules = await rulebook.versioned()
    response.headers["ETag"] = f'"{version}"'
    return RulesOut(version=version, rules=rules)


@router.put("/rules", responses=raises(StaleVersion))
async def set_rules(
    data: Rules,
    session: Session,
    actor: Annotated[Actor, may(P.RULES_EDIT)],
    response: Response,
    if_match: IfMatch = None,
) -> RulesOut:
    """New rules, whole; what is left out goes back to its default. Clocks that run keep theirs."""
    version = await rulebook.publish(session, data, actor.id, expected=if_match)
    response.headers["ETag"] = f'"{version}"'
    return RulesOut(version=version, rules=data)


@router.get("/dispatch-accuracy")
async def get_dispatch_accuracy(
    session: Session,
    actor: Statistician,
    since: Annotated[Moment | None, Query(description="30 days ago, if left out")] = None,
    until: Annotated[Moment | None, Query(description="Now, if left out")] = None,
    category: Annotated[Code | None, Query(description="Beginning of a class code")] = None,
    unit: UUID | None = None,
) -> AccuracyOut:
    """How often what was suggested was chosen, and how often it came back."""
    end = until or datetime.now(UTC)
    start = since or end - A_MONTH
    if start >= end:
        detail = "since 须早于 until / `since` must be before `until`"
        raise Invalid([{"pointer": "query/since", "detail": detail}])
    return await figures.accuracy(session, start, end, category=category, unit=unit)


@router.get("/dispatch-shares")
async def list_dispatch_shares(session: Session, actor: Statistician) -> ShareList:
    """Each unit's share of returns, extensions, suspensions and voids; alerts above the rules."""
    return await figures.shares(session)
