"""The verbs that move a case: each is one legal move and appends one fact."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.coordinates import to_storage
from app.grids import queries as grid_queries
from app.incidents import queries
from app.incidents.errors import (
    IllegalMove,
    NotYourUnit,
    NoUnit,
    UnknownCell,
)
from app.incidents.models import Fact, Incident
from app.incidents.schemas import CheckResult, Dispatch, FeedBack, Note, Placing, Reason
from app.incidents.workflow import ENDED, LABELS, MOVES, Move, Status, moves_from
from app.people import checks as people
from app.problems import StaleVersion
from app.spatial import ewkt

Command = Note | Reason | Dispatch | FeedBack | CheckResult | Placing


async def act(
    session: AsyncSession,
    actor: Actor,
    incident_id: UUID,
    name: str,
    command: Command,
    *,
    version: int | None = None,
) -> Incident:
    """Make one move. `version` is what the caller believes to be current, None to not care."""
    incident = await queries.get_for_update(session, actor, incident_id)
    if version is not None and version != incident.version:
        raise StaleVersion(version=incident.version)
    move = MOVES[name]
    guard(actor, incident, move)
    data = command.model_dump(mode="json", exclude_none=True)
    data |= await _EFFECTS.get(name, _nothing)(session, actor, incident, command)
    step(session, actor.id, incident, move.name, move.steps[Status(incident.status)], data)
    await session.flush()
    return incident


def guard(actor: Actor, incident: Incident, move: Move) -> None:
    """Refuse what the state or the unit does not allow."""
    status = Status(incident.status)
    if status not in move.steps:
        legal = sorted({legal.command for legal in moves_from(status)})
        names = (LABELS[status], str(status))
        raise IllegalMove(state=status, state_name=names, legal=legal)
    if move.of_unit and incident.unit_id not in actor.units:
        raise NotYourUnit(move=move.name)


def step(
    session: AsyncSession,
    actor_id: UUID,
    incident: Incident,
    kind: str,
    to: Status,
    data: Mapping[str, Any],
) -> None:
    """Write the new state and the fact that tells of it."""
    now = datetime.now(UTC)
    incident.status = to
    incident.version += 1
    incident.updated_at = now
    incident.ended_at = (incident.ended_at or now) if to in ENDED else None
    session.add(
        Fact(
            incident_id=incident.id,
            version=incident.version,
            kind=kind,
            status=to,
            actor_id=actor_id,
            at=now,
            data=dict(data),
        )
    )


async def _nothing(
    session: AsyncSession, actor: Actor, incident: Incident, command: Any
) -> dict[str, Any]:
    return {}


async def _dispatch(
    session: AsyncSession, actor: Actor, incident: Incident, command: Dispatch
) -> dict[str, Any]:
    wanted = command.unit or incident.owner_unit_id
    if wanted is None:
        raise NoUnit
    unit = await people.active_unit(session, wanted, "/unit")
    incident.unit_id, incident.handler_id = unit.id, None
    suggested = str(incident.owner_unit_id) if incident.owner_unit_id else None
    return {"unit": str(unit.id), "unit_name": unit.name, "suggested": suggested}


async def _take(
    session: AsyncSession, actor: Actor, incident: Incident, command: Note
) -> dict[str, Any]:
    incident.handler_id = actor.id
    return {"handler_name": actor.name}


def _release(incident: Incident) -> str:
    """Nobody's case until it is dispatched again; tells whose it was."""
    unit = str(incident.unit_id)
    incident.unit_id, incident.handler_id = None, None
    return unit


async def _return(
    session: AsyncSession, actor: Actor, incident: Incident, command: Reason
) -> dict[str, Any]:
    incident.return_count += 1
    return {"unit": _release(incident)}


async def _fail_check(
    session: AsyncSession, actor: Actor, incident: Incident, command: CheckResult
) -> dict[str, Any]:
    incident.rework_count += 1
    return {"unit": _release(incident)}


async def _reopen(
    session: AsyncSession, actor: Actor, incident: Incident, command: Reason
) -> dict[str, Any]:
    _release(incident)
    return {}


async def _place(
    session: AsyncSession, actor: Actor, incident: Incident, command: Placing
) -> dict[str, Any]:
    """Put a case into a named cell, or at a corrected place and so into the cell there."""
    if command.place is not None:
        lon, lat = to_storage(command.place.lon, command.place.lat, command.place.crs)
        incident.place = ewkt(lon, lat)
        incident.raw_lon, incident.raw_lat = command.place.lon, command.place.lat
        incident.raw_crs = command.place.crs
        cell = await grid_queries.find_cell_at(session, lon, lat)
    else:
        cell = await grid_queries.find_cell(session, command.cell or "")
    if cell is None:
        raise UnknownCell
    before = incident.cell_code
    duty = await grid_queries.duty_at(session, cell.path, incident.category_code)
    incident.cell_id, incident.cell_code, incident.area_code = cell.id, cell.code, cell.area_code
    incident.steward_id, incident.owner_unit_id = duty.steward_id, duty.owner_unit_id
    incident.suggested_cell_code, incident.suggested_metres = None, None
    return {"cell": cell.code, "cell_before": before}


_EFFECTS: Mapping[str, Any] = {
    "dispatch": _dispatch,
    "take": _take,
    "return": _return,
    "fail_check": _fail_check,
    "reopen": _reopen,
    "place": _place,
}
