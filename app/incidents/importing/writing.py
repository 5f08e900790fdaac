"""Cases into the database: through intake, then on to where their history left them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.coordinates import to_storage
from app.incidents import intake
from app.incidents.errors import KeyReused
from app.incidents.importing.rows import Case
from app.incidents.intake import Answer
from app.incidents.states import Status

PRESENT = "incidents/importing/present.sql"
OUTSIDE = "incidents/importing/outside.sql"
FINISH = "incidents/importing/finish.sql"
IN_WORK = frozenset(
    {Status.DISPATCHED, Status.HANDLING, Status.HANDLED, Status.CHECKING, Status.CHECKED}
)


@dataclass(slots=True)
class Written:
    """What one batch brought; `unowned` cases wait for their dispatch."""

    created: int = 0
    outside: int = 0
    unowned: int = 0
    refused: list[tuple[Case, str]] = field(default_factory=list)


async def present(ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Which of these cases are here already, and whether each has a cell."""
    rows = await db.hot(db.statement(PRESENT), ids, planned=True)
    return {row["id"]: row["placed"] for row in rows}


async def outside(cases: Sequence[Case]) -> int:
    """How many of these would land in no cell."""
    reports = [case.report for case in cases]
    places = [to_storage(report.lon, report.lat, report.crs) for report in reports]
    points = [{"lon": lon, "lat": lat} for lon, lat in places]
    rows = await db.hot(db.statement(OUTSIDE), orjson.dumps(points).decode())
    return int(rows[0]["outside"])


async def write(actor: Actor, cases: Sequence[Case]) -> Written:
    """Write a batch in one transaction: all of it is there afterwards, or nothing."""
    async with db.transaction() as session:
        answers = await intake.report_many(
            actor,
            [(case.report, None) for case in cases],
            session=session,
            reported_at=[case.reported_at for case in cases],
        )
        written, created = Written(), []
        for case, answer in zip(cases, answers, strict=True):
            if _is_new(case, answer, written):
                created.append(case)
        written.unowned = await _finish(session, actor, created)
    return written


def _is_new(case: Case, answer: Answer, written: Written) -> bool:
    """Whether intake wrote a case just now; another import may have been quicker."""
    if answer.error is not None:
        if not isinstance(answer.error, KeyReused):
            written.refused.append((case, answer.error.problem("en")["detail"]))
        return False
    if answer.replayed:
        return False
    written.created += 1
    written.outside += orjson.loads(answer.body)["cell"] is None
    return True


async def _finish(session: AsyncSession, actor: Actor, cases: Sequence[Case]) -> int:
    """Write the second fact of all cases that went on after their report."""
    moved = [
        {
            "id": case.report.id,
            "status": case.status,
            "at": case.moved_at,
            "ended_at": case.ended_at,
            "in_work": case.status in IN_WORK,
            "data": case.data,
        }
        for case in cases
        if case.status is not Status.REPORTED
    ]
    if not moved:
        return 0
    given = orjson.dumps(moved).decode()
    rows = await db.within(session, db.statement(FINISH), given, actor.id)
    return int(rows[0]["unowned"])
