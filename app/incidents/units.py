"""What the moves between dispatcher and units do: dispatch, take, assign, return, feed back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.catalog import queries as catalog
from app.incidents import suggest
from app.incidents.branches import DispatchChoice, Order, Part
from app.incidents.case import Case
from app.incidents.errors import MayNotHandle, NotInUnit, NoUnit
from app.incidents.moves_in import Assign, Dispatch, FeedBack, Note, OrderReply, Reason, Rework
from app.incidents.suggest import Suggestion
from app.people import checks as people
from app.people.errors import UnknownAccount
from app.people.models import Account
from app.people.queries import unit_and_above
from app.permissions import Permission, permissions_of


async def _dispatch(case: Case, command: Dispatch) -> dict[str, Any]:
    """To the unit or person that was named, or to the one owner that the data name."""
    suggestion = await suggest.of(case)
    unit_id, account = await _target(case, command, suggestion)
    incident = case.incident
    incident.unit_id, incident.handler_id = unit_id, account.id if account else None
    incident.barred_id = None
    case.seen_by(incident.handler_id)
    await _take_parts(case, command)
    await _record(case, suggestion)
    told = {"suggested": suggestion.plain(), "verdict": suggestion.verdict}
    if unit_id is not None:
        told["unit"] = str(unit_id)
        told["unit_name"] = (await people.active_unit(case.session, unit_id, "/unit")).name
    if account is not None:
        told |= {"handler": str(account.id), "handler_name": account.name}
    return told


async def _target(
    case: Case, command: Dispatch, suggestion: Suggestion
) -> tuple[UUID | None, Account | None]:
    """The unit and the person that a dispatch means."""
    if command.unit is None and command.handler is None:
        if suggestion.basis != "owner":
            raise NoUnit("/unit")
        if suggestion.account_id is None:
            return suggestion.unit_id, None
        owner = await _who_handles(case, suggestion.account_id)
        return owner.unit_id, owner
    account: Account | None = None
    if command.handler is not None:
        account = await _who_handles(case, command.handler)
    if command.unit is not None:
        unit = await people.active_unit(case.session, command.unit, "/unit")
        if account is not None:
            await _belongs(case, account, unit.id)
        return unit.id, account
    return (account.unit_id if account else None), account


async def _who_handles(case: Case, account_id: UUID) -> Account:
    account = await people.active_account(case.session, account_id, "/handler")
    if Permission.INCIDENT_HANDLE not in permissions_of(account.roles):
        raise MayNotHandle("/handler", username=account.username)
    return account


async def _take_parts(case: Case, command: Dispatch) -> None:
    """Who handles along and who is only informed; a new dispatch begins a new list."""
    await case.know({"parts"})
    for part in case.parts:
        await case.session.delete(part)
    await case.session.flush()
    wanted = dict.fromkeys(command.informed, "informed") | dict.fromkeys(command.co, "co")
    if case.incident.unit_id is not None:
        wanted.pop(case.incident.unit_id, None)
    for unit_id, role in wanted.items():
        await people.active_unit(case.session, unit_id, f"/{role}")
        part = Part(incident_id=case.incident.id, unit_id=unit_id, role=role, since=case.at)
        case.session.add(part)
    case.seen_by(*wanted)
    case.known.discard("parts")


async def _record(case: Case, suggestion: Suggestion) -> None:
    """Suggested and chosen, side by side."""
    incident = case.incident
    chosen = (incident.unit_id, incident.handler_id)
    agreed = suggestion.agrees_with(*chosen) if suggestion.somebody else None
    case.session.add(
        DispatchChoice(
            incident_id=incident.id,
            version=incident.version + 1,
            at=case.at,
            category_code=incident.category_code,
            area_code=incident.area_code,
            verdict=suggestion.verdict,
            basis=suggestion.basis,
            suggested_unit_id=suggestion.unit_id,
            suggested_account_id=suggestion.account_id,
            chosen_unit_id=chosen[0],
            chosen_account_id=chosen[1],
            agreed=agreed,
            automatic=case.system,
            dispatcher_id=case.actor.id,
        )
    )


async def automatic(case: Case) -> Dispatch | None:
    """The dispatch that may be made without a person: one owner who can, and the class is on."""
    setting = await catalog.setting_of(case.session, case.incident.category_code)
    if not setting.auto_dispatch:
        return None
    plan = Dispatch()
    try:
        await _target(case, plan, await suggest.by_data(case))
    except (NoUnit, UnknownAccount, MayNotHandle):
        return None
    return plan


async def _rework(case: Case, command: Rework) -> dict[str, Any]:
    """Again, with the whole limit; what was handled on the spot goes to a unit now."""
    incident = case.incident
    wanted = command.unit or incident.unit_id
    if wanted is None:
        raise NoUnit("/unit")
    unit = await people.active_unit(case.session, wanted, "/unit")
    incident.rework_count += 1
    incident.self_handled = False
    case.restart = True
    if unit.id != incident.unit_id:
        incident.unit_id, incident.handler_id = unit.id, None
        await _record(case, await suggest.of(case))
    return {"unit": str(unit.id), "unit_name": unit.name}


async def _take(case: Case, command: Note) -> dict[str, Any]:
    case.incident.handler_id = case.actor.id
    return {"handler": str(case.actor.id), "handler_name": case.actor.name}


async def _assign(case: Case, command: Assign) -> dict[str, Any]:
    """To somebody of the unit in charge, or of a unit below or above it."""
    account = await _who_handles(case, command.handler)
    await _belongs(case, account, case.incident.unit_id)
    case.incident.handler_id = account.id
    case.seen_by(account.id)
    return {"handler": str(account.id), "handler_name": account.name}


async def _belongs(case: Case, account: Account, unit_id: UUID | None) -> None:
    """A person handles for a unit who is in it, in one below it or in one above it."""
    if account.unit_id is not None and unit_id is not None:
        above = await unit_and_above(case.session, account.unit_id)
        if unit_id in above or account.unit_id in await unit_and_above(case.session, unit_id):
            return
    raise NotInUnit("/handler", username=account.username)


async def _unassign(case: Case, command: Note) -> dict[str, Any]:
    was = case.incident.handler_id
    case.incident.handler_id = None
    return {"handler": str(was)}


async def _return(case: Case, command: Reason) -> dict[str, Any]:
    """Back to the dispatcher; who dispatched it does not simply dispatch it again."""
    case.incident.return_count += 1
    case.incident.barred_id = await case.last_actor("dispatch", "rework")
    return await _released(case)


async def _recall(case: Case, command: Reason) -> dict[str, Any]:
    """The dispatcher takes a wrong dispatch back: the unit's time stands still meanwhile."""
    return await _released(case)


async def _released(case: Case) -> dict[str, Any]:
    """Nobody's case again; the choice of this dispatch did not last."""
    incident = case.incident
    told = {"unit": incident.unit_id, "handler": incident.handler_id}
    incident.unit_id, incident.handler_id = None, None
    await case.session.execute(
        update(DispatchChoice)
        .where(
            DispatchChoice.incident_id == incident.id,
            DispatchChoice.version
            == select(DispatchChoice.version)
            .where(DispatchChoice.incident_id == incident.id)
            .order_by(DispatchChoice.version.desc())
            .limit(1)
            .scalar_subquery(),
        )
        .values(returned=True)
    )
    return {name: str(value) for name, value in told.items() if value is not None}


async def _feed_back(case: Case, command: FeedBack) -> dict[str, Any]:
    """The unit's word that it is done: whoever gives it has handled it."""
    if case.incident.handler_id is None:
        case.incident.handler_id = case.actor.id
    return {}


async def _reply_part(case: Case, command: FeedBack) -> dict[str, Any]:
    """A co-handling unit's word; the leading unit feeds back when all have."""
    part = next(part for part in case.open_parts if part.unit_id in case.actor.units)
    part.done_at, part.done_by, part.result = case.at, case.actor.id, command.result
    return {"unit": str(part.unit_id)}


async def _reply_order(case: Case, command: OrderReply) -> dict[str, Any]:
    """One answer to all orders of the case that wait; it is told with the newest."""
    order = case.order
    assert order is not None  # noqa: S101 - Guard.ORDERED has looked
    await case.session.execute(
        update(Order)
        .where(Order.incident_id == case.incident.id, Order.replied_at.is_(None))
        .values(replied_at=case.at, replied_by=case.actor.id, reply=command.reply_text)
    )
    return {"order": str(order.id), "number": order.number}


EFFECTS: Mapping[str, Any] = {
    "dispatch": _dispatch,
    "rework": _rework,
    "take": _take,
    "assign": _assign,
    "delegate": _assign,
    "unassign": _unassign,
    "return": _return,
    "recall": _recall,
    "feed_back": _feed_back,
    "reply_part": _reply_part,
    "reply_order": _reply_order,
}
