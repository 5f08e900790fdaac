"""Moves at any moment: HTTP knows only now."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app import auth, db
from app.incidents import intake, service
from app.incidents import moves_in as m
from app.incidents.models import Incident
from app.incidents.schemas import IncidentReport
from tests.centre import Centre
from tests.factories import a_report

FRIDAY = datetime(2026, 11, 20, 1, tzinfo=UTC)
"""Nine in the morning in Shanghai, on a working day; the day after is a Saturday."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YES = m.Decision(approved=True)
NO = m.Decision(approved=False, opinion="理由不足")

PLAIN: dict[str, m.Command] = {
    "accept": m.Accept(),
    "file": m.Filing(),
    "dispatch": m.Dispatch(),
    "rework": m.Rework(),
    "send_to_verify": m.TaskOut(),
    "send_to_check": m.TaskOut(),
    "feed_back": m.FeedBack(result="已清扫"),
    "check_fixed": m.CheckResult(reply="fixed"),
    "check_not_fixed": m.CheckResult(reply="not_fixed"),
    "return": m.Reason(reason="说明"),
    "return_feedback": m.Reason(reason="说明"),
    "appeal": m.Reason(reason="说明"),
}
"""What is sent with a move when nothing else is said."""


async def actor(centre: Centre, who: str) -> auth.Actor:
    return await auth.actor_of(auth.issue_access_token(centre.id(who))[0])


async def reported(centre: Centre, at: datetime, who: str = "steward", **changes: Any) -> str:
    """A case that somebody reported at a moment."""
    data = IncidentReport(**a_report(**changes))
    by = await actor(centre, who)
    async with db.transaction() as session:
        (answer,) = await intake.report_many(by, [(data, None)], session=session, at=at)
    assert answer.incident_id is not None
    return str(answer.incident_id)


async def act(
    centre: Centre, who: str, case: str, verb: str, at: datetime, command: m.Command | None = None
) -> Incident:
    """The case after somebody made a move at a moment."""
    by = await actor(centre, who)
    async with db.transaction() as session:
        sent = command or PLAIN.get(verb, m.Note())
        address = "check" if verb.startswith("check_") else verb
        return await service.act(session, by, UUID(case), address, sent, at=at)
