"""HTTP of cases: report, read, list, and the fact log."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from app.auth import Actor, may
from app.incidents import batch, counting, facts, intake, listing, near, places, queries
from app.incidents.errors import KeyReused, UnknownCategory
from app.incidents.filter_schemas import CountOut, IncidentFilter, IncidentShown
from app.incidents.schemas import (
    Batch,
    BatchOut,
    FactList,
    FactPage,
    IdempotencyKey,
    IncidentOut,
    IncidentPage,
    IncidentReport,
    Nearby,
    NearbyList,
    PlaceList,
    PlaceSearch,
)
from app.pages import After
from app.permissions import Permission
from app.problems import NotFound, raises
from app.replies import IfNoneMatch, Language, created, json_reply, tagged

router = APIRouter(prefix="/api/v1", tags=["incidents"])
P = Permission
Key = Annotated[IdempotencyKey | None, Header(alias="Idempotency-Key")]


@router.post(
    "/incidents",
    status_code=201,
    response_model=IncidentOut,
    responses=raises(UnknownCategory, KeyReused),
)
async def report_incident(
    data: IncidentReport,
    actor: Annotated[Actor, may(P.INCIDENT_REPORT)],
    idempotency_key: Key = None,
) -> Response:
    """Report a problem. The same key, or the same `id`, with the same content may be sent again."""
    answer = await intake.report(actor, data, idempotency_key)
    return created(f"/api/v1/incidents/{answer.incident_id}", answer.body, answer.replayed)


@router.post("/incidents/batch", response_model=BatchOut)
async def report_incidents(
    data: Batch, actor: Annotated[Actor, may(P.INCIDENT_REPORT)], language: Language
) -> Response:
    """Report up to 500 problems; `results` has one entry per item, in the order sent."""
    return json_reply(await batch.report(actor, data, language))


@router.get("/incidents", response_model=IncidentPage)
async def list_incidents(
    actor: Annotated[Actor, may(P.INCIDENT_READ)], filters: Annotated[IncidentFilter, Query()]
) -> Response:
    """Cases that you may see, newest first, a page at a time."""
    return json_reply(await listing.page(actor, filters))


@router.get("/incidents/count")
async def count_incidents(
    actor: Annotated[Actor, may(P.INCIDENT_READ)], which: Annotated[IncidentShown, Query()]
) -> CountOut:
    """How many cases that list would show, up to 10,000."""
    return await counting.up_to_most(actor, which)


@router.get("/incidents/nearby", response_model=NearbyList)
async def list_nearby(
    actor: Annotated[Actor, may(P.INCIDENT_READ)], where: Annotated[Nearby, Query()]
) -> Response:
    """Cases within metres and hours, of a class or of any, nearest first: is it known already?"""
    return json_reply(await near.page(actor, where))


@router.get("/places")
async def search_places(
    actor: Annotated[Actor, may(P.INCIDENT_READ)], asked: Annotated[PlaceSearch, Query()]
) -> PlaceList:
    """Where is that? Areas, cells, and addresses of reports that you may see, best fit first."""
    return await places.search(actor, asked)


@router.get("/incidents/{incident_id}", response_model=IncidentOut, responses=raises(NotFound))
async def get_incident(
    incident_id: UUID,
    actor: Annotated[Actor, may(P.INCIDENT_READ)],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One case; `ETag` is its version."""
    return tagged(*await queries.body(actor, incident_id), if_none_match)


@router.get("/incidents/{incident_id}/facts", response_model=FactList, responses=raises(NotFound))
async def list_incident_facts(
    incident_id: UUID, actor: Annotated[Actor, may(P.FACT_READ)]
) -> Response:
    """Every step of a case, oldest first."""
    return json_reply(await facts.of_case(actor, incident_id))


@router.get("/facts", response_model=FactPage)
async def list_facts(
    actor: Annotated[Actor, may(P.FACT_READ)],
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """Facts of all cases that you may see, in commit order; keep `next` and ask again."""
    return json_reply(await facts.log(actor, after, limit))
