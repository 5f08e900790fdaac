"""The verbs that move a case: each is one legal move and appends one fact."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.incidents import clocks, desk, field, guards, queries, requests, steps, units
from app.incidents.case import Case, open_case
from app.incidents.models import Incident
from app.incidents.move import Move
from app.incidents.moves_in import Command, Note
from app.incidents.states import Status
from app.incidents.workflow import MOVES
from app.people.system import system_actor
from app.problems import AppError, StaleVersion

EFFECTS = {**desk.EFFECTS, **units.EFFECTS, **field.EFFECTS, **requests.EFFECTS}
"""What a move does besides going from one state to the next."""
PAIRS = frozenset({"merge", "unmerge"})
"""Moves that change another case too."""


async def act(
    session: AsyncSession,
    actor: Actor,
    incident_id: UUID,
    name: str,
    command: Command,
    *,
    version: int | None = None,
    at: datetime | None = None,
) -> Incident:
    """Make one move. `version` is what the caller believes to be current, None to not care.

    `name` is a move, or an address whose moves differ by what the command says. `at` is now
    unless a simulation says otherwise.
    """
    moment = at or datetime.now(UTC)
    if name in PAIRS:
        for other in await queries.lock_both(session, incident_id, getattr(command, "into", None)):
            await resume_in_time(session, other, moment)
    incident = await queries.get_for_update(session, actor, incident_id)
    oldest = incident.moved_version or incident.version
    if version is not None and not oldest <= version <= incident.version:
        raise StaleVersion(version=incident.version)
    case = await at_hand(session, actor, incident, moment)
    await make(case, await _chosen(case, name, command), command)
    return incident


async def at_hand(session: AsyncSession, actor: Actor, incident: Incident, at: datetime) -> Case:
    """A locked case on which all that the clock did until `at` has been written."""
    await resume_in_time(session, incident, at)
    case = await open_case(session, actor, incident, at)
    await clocks.catch_up(case)
    return case


async def _chosen(case: Case, name: str, command: Command) -> str:
    """The move that a command means at an address that several share."""
    if name == "decide":
        return await requests.outcome(case, command)
    reply = getattr(command, "reply", None)
    return f"{name}_{reply}" if name in ("verify", "check") else name


async def make(case: Case, name: str, command: Command) -> None:
    """Judge a move, let it do its work, and append its fact."""
    move = await judged(case, name)
    before = steps.snapshot(case.incident)
    data = command.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    effect = EFFECTS.get(name)
    if effect is not None:
        data |= await effect(case, command)
    await step(case, move, before, data)
    for follow in FOLLOWED.get(name, ()):
        await follow(case)


async def judged(case: Case, name: str) -> Move:
    """A move that this actor may make now."""
    move = MOVES[name]
    await case.know(guards.needs(move))
    refusal = guards.why_not(case, move)
    if refusal is not None:
        raise refusal
    return move


async def step(case: Case, move: Move, before: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """Go to the next state with all that follows from it, and write the fact."""
    incident, left = case.incident, case.status
    incident.status = move.steps[left]
    if incident.status != left:
        incident.claimed_by, incident.claimed_at = None, None
        data = {**data, **await requests.lapse(case)}
    await case.know({"clocks"})
    clocks.turn(case, left, move.name)
    clocks.project(case)
    fact = steps.write(incident, before, move.name, by=case.actor.id, at=case.at, data=data)
    case.session.add(fact)
    await case.session.flush()


async def dispatch_by_data(case: Case) -> None:
    """Dispatch at once when the class is switched on for it and exactly one owner is known."""
    plan = await units.automatic(case)
    if plan is None:
        return
    actor = await system_actor(case.session)
    alone = await open_case(case.session, actor, case.incident, case.at, system=True)
    await make(alone, "dispatch", plan)


FOLLOWED = {"file": (dispatch_by_data,)}
"""What happens by itself after a move, in the same transaction."""


async def act_by_itself(
    session: AsyncSession, incident: Incident, name: str, command: Command, at: datetime
) -> None:
    """A move that the system makes on a locked case: resuming, raising an order."""
    case = await open_case(session, await system_actor(session), incident, at, system=True)
    await clocks.catch_up(case)
    await make(case, name, command)


async def resume_in_time(session: AsyncSession, incident: Incident, at: datetime) -> bool:
    """The clock goes on from the moment that was set, also when somebody looks later."""
    until = incident.suspended_until
    if incident.status != Status.SUSPENDED or until is None or until >= at:
        return False
    await act_by_itself(session, incident, "resume", Note(), until)
    return True


async def moves(
    session: AsyncSession, actor: Actor, incident_id: UUID
) -> list[tuple[Move, Status | None, AppError | None]]:
    """Every move, where it would lead, and the reason why this actor may not make it now."""
    incident = await queries.get(session, actor, incident_id)
    case = await open_case(session, actor, incident, datetime.now(UTC))
    legal = [move for move in MOVES.values() if case.status in move.steps]
    await case.know(set().union(*(guards.needs(move) for move in legal)))
    return [
        (move, move.steps.get(case.status), guards.why_not(case, move)) for move in MOVES.values()
    ]
