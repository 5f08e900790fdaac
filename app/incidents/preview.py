"""The clock that a move would start, by the clocks' own code: nothing of it is kept."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.incidents import clocks, desk, explain, guards, queries, suggest
from app.incidents.case import Case, open_case
from app.incidents.clock_schemas import DeadlineAsked, DeadlineOut
from app.incidents.errors import IllegalMove, UnknownCondition
from app.incidents.move import Move
from app.incidents.moves_in import Filing
from app.incidents.states import Stage
from app.incidents.workflow import MOVES
from app.problems import Forbidden


async def deadline(
    session: AsyncSession, actor: Actor, incident_id: UUID, asked: DeadlineAsked
) -> DeadlineOut:
    """Make the move as far as clocks go, and let the case go before anything can be written."""
    incident = await queries.get(session, actor, incident_id)
    case = await open_case(session, actor, incident, datetime.now(UTC))
    move = MOVES[asked.move.replace("-", "_")]
    refusal = guards.why_not(case, move)
    if isinstance(refusal, IllegalMove | Forbidden):
        raise refusal
    try:
        with session.no_autoflush:
            await case.know({"clocks"})
            await _arrange(case, asked)
            told = _turned(case, move)
            if move.name == "file":
                told.handling = _turned(case, MOVES["dispatch"])
            return told
    finally:
        session.expunge_all()


async def _arrange(case: Case, asked: DeadlineAsked) -> None:
    """What the move itself would say of the limit and of who handles."""
    incident = case.incident
    if asked.move == "file":
        filing = Filing(condition=asked.condition, region_class=asked.region_class)
        try:
            await desk.EFFECTS["file"](case, filing)
        except UnknownCondition as error:
            raise UnknownCondition("query/condition", **error.members) from error
    elif asked.move == "dispatch":
        incident.unit_id = asked.unit or (await suggest.of(case)).unit_id
    elif asked.move == "rework":
        incident.unit_id = asked.unit or incident.unit_id
        case.restart = True


def _turned(case: Case, move: Move) -> DeadlineOut:
    """The clock that runs once the case has gone on."""
    left, before = case.status, list(case.clocks)
    case.incident.status = move.steps[left]
    clocks.turn(case, left, move.name)
    row = clocks.running(case)
    assert row is not None  # noqa: S101 - every state that these moves lead to has a clock
    return DeadlineOut(
        **explain.told(row, case.calendar, case.at, ahead=row.due_at).model_dump(),
        move=move.command,
        limit=clocks.limit_of(case, Stage(row.stage)).label,
        continued=row in before,
    )
