"""HTTP of live facts: a stream of server-sent events."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from app.auth import Actor, BearerToken, may
from app.live import hub, news, stream
from app.permissions import Permission
from app.problems import Unavailable, raises

router = APIRouter(prefix="/api/v1", tags=["live"])
Cursor = Annotated[str | None, Query(max_length=512, description="Where to resume: see the id")]
LastEventId = Annotated[str | None, Header(max_length=512, description="Wins over `after`")]
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`fact`: a step of a case that you may see, `{fact: FactOut, incident: "
        "IncidentOut}`, in commit order; its id is the cursor to resume from, and one of "
        "`GET /facts`. `ready`: a new stream begins. `reset`: too much was missed, or the id is "
        "none of this log: load lists anew. `alive`: nothing for 15 s; its id moves on too. The "
        "stream ends with the token; come back with a new one and the last id.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/live", response_class=StreamingResponse, responses=raises(Unavailable) | EVENTS)
async def follow_facts(
    actor: Annotated[Actor, may(Permission.FACT_READ)],
    token: BearerToken,
    after: Cursor = None,
    last_event_id: LastEventId = None,
) -> stream.EventStream:
    """Facts of cases that you may see, as they are written, as server-sent events."""
    told = last_event_id or after
    last = news.read(told) if told else None
    return stream.EventStream(stream.events(hub.current(), token, actor, last))
