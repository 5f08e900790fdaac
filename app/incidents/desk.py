"""What the moves of the centre's desks do: accept, file, place, claim, merge, supervise."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.catalog import queries as catalog
from app.catalog.models import Condition
from app.coordinates import to_storage
from app.grids import queries as grid_queries
from app.incidents import clocks, queries, steps
from app.incidents.branches import Order, Part, Task
from app.incidents.case import Case, open_case
from app.incidents.errors import (
    MergeTarget,
    NotAhead,
    UnknownCategory,
    UnknownCell,
    UnknownCondition,
)
from app.incidents.models import Incident
from app.incidents.moves_in import Accept, Filing, Merge, Note, Placing, Reason, Supervise
from app.incidents.states import OPEN, Status
from app.spatial import ewkt, within_metres
from app.worktime.limits import Limit, LimitUnit

ORDER_DAY = "%Y%m%d"
A_YEAR = timedelta(days=365)


async def _accept(case: Case, command: Accept) -> dict[str, Any]:
    """Under the class that the report named, or under the right one: then its owner is another."""
    if command.category is None or command.category == case.incident.category_code:
        return {}
    before, code = case.incident.category_code, command.category
    found = await catalog.find(case.session, code)
    if found is None or not found.active:
        raise UnknownCategory("/category", category=code)
    case.incident.category_code = code
    await _find_duty(case)
    return {"category": code, "category_before": before}


async def _find_duty(case: Case) -> None:
    """Steward and responsible unit by the cell and the class as they are now."""
    incident = case.incident
    cell = await grid_queries.find_cell(case.session, incident.cell_code or "")
    if cell is not None:
        duty = await grid_queries.duty_at(
            case.session, cell.path, incident.place, incident.category_code
        )
        incident.steward_id, incident.owner_unit_id = duty.steward_id, duty.owner_unit_id


async def _file(case: Case, command: Filing) -> dict[str, Any]:
    """Under one filing condition, whose limit the handling has from now on."""
    incident = case.incident
    incident.barred_id = None
    incident.recurrence_count = await _recurrences(case)
    known = await catalog.conditions_of(case.session, incident.category_code, command.region_class)
    found = _condition(incident, command, known)
    if found is None:
        limit = case.rules.stage_limits.handle
        incident.condition_id, incident.condition_code = None, None
        incident.limit_amount, incident.limit_unit = limit.amount, limit.unit
        return {"limit": limit.limit().label}
    incident.condition_id, incident.condition_code = found.id, found.code
    incident.limit_amount, incident.limit_unit = found.limit_amount, found.limit_unit
    return {"condition": found.code, "edition": found.edition, "limit": limit_of(found).label}


def limit_of(condition: Condition) -> Limit:
    """A filing condition's limit as the clock takes it."""
    return Limit(condition.limit_amount, LimitUnit(condition.limit_unit))


def _condition(incident: Incident, command: Filing, known: Any) -> Condition | None:
    """The condition that was named, or the only one; None where the class has none."""
    by_code: dict[str, Condition] = {condition.code: condition for condition in known}
    if command.condition is None and len(by_code) <= 1:
        return next(iter(by_code.values()), None)
    if command.condition not in by_code:
        known = sorted(by_code)
        raise UnknownCondition("/condition", category=incident.category_code, known=known)
    return by_code[command.condition]


async def _recurrences(case: Case) -> int:
    """How often the same matter was closed at this place within the rules' days.

    Cases that were reported more than a year before that are passed over.
    """
    incident, rules = case.incident, case.rules
    since = case.at - timedelta(days=rules.recurrence_days)
    one = aliased(Incident)
    here = select(one.place).where(one.id == incident.id)
    chosen = select(func.count()).where(
        Incident.category_code == incident.category_code,
        Incident.reported_at >= since - A_YEAR,
        Incident.status == Status.CLOSED,
        Incident.ended_at >= since,
        Incident.id != incident.id,
        within_metres(Incident.place, here.scalar_subquery(), rules.recurrence_metres),
    )
    return int(await case.session.scalar(chosen) or 0)


async def _return_filing(case: Case, command: Reason) -> dict[str, Any]:
    """Back to the shift supervisor; who filed it does not simply file it again."""
    case.incident.return_count += 1
    case.incident.barred_id = await case.last_actor("file")
    return {}


async def _return_report(case: Case, command: Reason) -> dict[str, Any]:
    case.incident.return_count += 1
    return {}


async def _confirm_return(case: Case, command: Note) -> dict[str, Any]:
    case.incident.barred_id = None
    return {}


async def _reopen(case: Case, command: Reason) -> dict[str, Any]:
    """Nobody's case until it is dispatched again."""
    incident = case.incident
    incident.unit_id, incident.handler_id, incident.self_handled = None, None, False
    incident.appealed = False
    return {}


async def _claim(case: Case, command: Note) -> dict[str, Any]:
    case.incident.claimed_by, case.incident.claimed_at = case.actor.id, case.at
    return {}


async def _unclaim(case: Case, command: Note) -> dict[str, Any]:
    held = case.incident.claimed_by
    case.incident.claimed_by, case.incident.claimed_at = None, None
    return {"claimed_by": str(held)}


async def _place(case: Case, command: Placing) -> dict[str, Any]:
    """Put a case into a named cell, or at a corrected place and so into the cell there."""
    incident = case.incident
    if command.place is not None:
        lon, lat = to_storage(command.place.lon, command.place.lat, command.place.crs)
        incident.place = ewkt(lon, lat)
        incident.raw_lon, incident.raw_lat = command.place.lon, command.place.lat
        incident.raw_crs = command.place.crs
        cell = await grid_queries.find_cell_at(case.session, lon, lat)
    else:
        cell = await grid_queries.find_cell(case.session, command.cell or "")
    if cell is None:
        raise UnknownCell("/place" if command.place else "/cell")
    before = incident.cell_code
    duty = await grid_queries.duty_at(
        case.session, cell.path, incident.place, incident.category_code
    )
    incident.cell_id, incident.cell_code, incident.area_code = cell.id, cell.code, cell.area_code
    incident.steward_id, incident.owner_unit_id = duty.steward_id, duty.owner_unit_id
    incident.suggested_cell_code, incident.suggested_metres = None, None
    return {"cell": cell.code, "cell_before": before}


async def _merge(case: Case, command: Merge) -> dict[str, Any]:
    """Into another open case, whose reporters this one's join: each keeps sight and gets word."""
    incident = case.incident
    main = await queries.find_for_update(case.session, case.actor, command.into)
    if main is None or main.id == incident.id or Status(main.status) not in OPEN:
        raise MergeTarget("/into")
    joined = {*main.parties, *incident.parties, incident.reporter_id}
    incident.merged_into = main.id
    await _tell_other(case, main, "absorb", parties=sorted(joined))
    return {"into_number": main.number}


async def _unmerge(case: Case, command: Note) -> dict[str, Any]:
    was = case.incident.merged_into
    main = await case.session.get_one(Incident, was, with_for_update=True)
    case.incident.merged_into = None
    await _tell_other(case, main, "release", parties=await _without(case, main))
    return {"from": str(was), "from_number": main.number}


async def _without(case: Case, main: Incident) -> list[UUID]:
    """Who still sees the main case when this one is taken out of it again."""
    others = select(Incident.reporter_id, Incident.parties).where(
        Incident.merged_into == main.id, Incident.id != case.incident.id
    )
    joined = {case.incident.reporter_id, *case.incident.parties}
    for reporter, parties in await case.session.execute(others):
        joined -= {reporter, *parties}
    joined -= set(
        await case.session.scalars(select(Part.unit_id).where(Part.incident_id == main.id))
    )
    joined -= set(
        await case.session.scalars(select(Task.assignee_id).where(Task.incident_id == main.id))
    )
    return sorted(set(main.parties) - (joined - {main.handler_id}))


async def _tell_other(case: Case, main: Incident, kind: str, **changed: Any) -> None:
    """The case that others are merged into has a fact of it too."""
    other = await open_case(case.session, case.actor, main, case.at)
    await clocks.catch_up(other)
    before = steps.snapshot(main)
    for name, value in changed.items():
        setattr(main, name, value)
    data = {"incident": str(case.incident.id), "number": case.incident.number}
    case.session.add(steps.write(main, before, kind, by=case.actor.id, at=other.at, data=data))


async def _supervise(case: Case, command: Supervise) -> dict[str, Any]:
    """Write a supervision order; it does not move the case."""
    if command.due_at is not None and command.due_at <= case.at:
        raise NotAhead("/due_at", field="due_at")
    order = await issue_order(case, 1, command)
    return {"order": str(order.id), "number": order.number, "level": 1}


async def issue_order(case: Case, level: int, command: Supervise) -> Order:
    """An order with its number and the time to answer it, by the rules unless it says when."""
    hours = case.rules.order_hours[min(level, len(case.rules.order_hours)) - 1]
    running = await case.session.scalar(func.nextval("order_number_seq"))
    day = case.at.astimezone(case.calendar.zone).strftime(ORDER_DAY)
    order = Order(
        number=f"DB{day}{running:04d}",
        incident_id=case.incident.id,
        level=level,
        requirement=command.requirement,
        issued_by=case.actor.id,
        issued_at=case.at,
        due_at=command.due_at or case.at + timedelta(hours=hours),
    )
    case.incident.order_count += 1
    case.session.add(order)
    await case.session.flush()
    return order


EFFECTS: Mapping[str, Any] = {
    "accept": _accept,
    "file": _file,
    "return_filing": _return_filing,
    "return_report": _return_report,
    "confirm_return": _confirm_return,
    "reopen": _reopen,
    "claim": _claim,
    "unclaim": _unclaim,
    "place": _place,
    "merge": _merge,
    "unmerge": _unmerge,
    "supervise": _supervise,
}
