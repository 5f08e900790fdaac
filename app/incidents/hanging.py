"""What hangs on cases: tasks, requests, co-handlers, orders; and what of it waits for somebody."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Row,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app import pages
from app.auth import Actor
from app.incidents import queries, rulebook
from app.incidents.branches import Application, Order, Part, Task
from app.incidents.hanging_schemas import (
    HangingOut,
    OrderOut,
    PartOut,
    RequestOut,
    RequestPage,
    TaskOut,
    TaskPage,
)
from app.incidents.models import Incident
from app.incidents.rules import Rules
from app.people.models import Account, Unit
from app.permissions import Permission

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a task without a deadline stands among the others."""
_ASSIGNEE, _REQUESTER = aliased(Account), aliased(Account)


def _tasks() -> Select[Any]:
    return (
        select(*Task.__table__.c, Incident.number, _ASSIGNEE.name.label("assignee_name"))
        .join(Incident, Incident.id == Task.incident_id)
        .outerjoin(_ASSIGNEE, _ASSIGNEE.id == Task.assignee_id)
    )


def _requests() -> Select[Any]:
    return (
        select(*Application.__table__.c, Incident.number, _REQUESTER.name.label("requester_name"))
        .join(Incident, Incident.id == Application.incident_id)
        .outerjoin(_REQUESTER, _REQUESTER.id == Application.requested_by)
    )


async def of_case(session: AsyncSession, actor: Actor, incident_id: UUID) -> HangingOut:
    """All of it, oldest first."""
    incident = await queries.get(session, actor, incident_id)
    rules = await rulebook.current()
    tasks = _tasks().where(Task.incident_id == incident.id).order_by(Task.issued_at)
    requests = _requests().where(Application.incident_id == incident.id)
    parts = select(*Part.__table__.c, Unit.name.label("unit_name")).join(
        Unit, Unit.id == Part.unit_id
    )
    orders = select(*Order.__table__.c).where(Order.incident_id == incident.id)
    return HangingOut(
        tasks=[TaskOut.model_validate(row) for row in await session.execute(tasks)],
        requests=[
            _request(row, rules)
            for row in await session.execute(requests.order_by(Application.requested_at))
        ],
        parts=[
            PartOut.model_validate(row)
            for row in await session.execute(
                parts.where(Part.incident_id == incident.id).order_by(Part.role, Unit.code)
            )
        ],
        orders=[
            OrderOut.model_validate(row)
            for row in await session.execute(orders.order_by(Order.issued_at))
        ],
    )


async def my_tasks(session: AsyncSession, actor: Actor, limit: int, after: str | None) -> TaskPage:
    """Open tasks of the actor, and nobody's on cases in sight of those who may check."""
    mine = Task.assignee_id == actor.id
    if actor.may(Permission.INCIDENT_CHECK):
        seen = Task.incident_id.in_(queries.visible_to(actor).with_only_columns(Incident.id))
        nobodys = and_(Task.assignee_id.is_(None), seen, await _had_no_hand(actor))
        mine = or_(mine, nobodys)
    due = func.coalesce(Task.due_at, literal(NEVER, DateTime(True)))
    chosen = _tasks().where(Task.ended_at.is_(None), mine).order_by(due, Task.id)
    if key := pages.decode(after, datetime, UUID):
        chosen = chosen.where(tuple_(due, Task.id) > tuple_(*key))
    rows, more = await _page(session, chosen, limit)
    following = pages.encode(rows[-1].due_at or NEVER, rows[-1].id) if more else None
    return TaskPage(items=[TaskOut.model_validate(row) for row in rows], next=following)


async def _had_no_hand(actor: Actor) -> ColumnElement[bool]:
    """Cases that the actor may check by the rules: neither reported nor handled by him."""
    if not (await rulebook.current()).impartial_checks:
        return true()
    return and_(Incident.reporter_id != actor.id, Incident.handler_id.is_distinct_from(actor.id))


async def waiting_requests(
    session: AsyncSession, actor: Actor, limit: int, after: str | None
) -> RequestPage:
    """Open requests in sight that wait for a role that the actor has, oldest first."""
    rules = await rulebook.current()
    seen = queries.visible_to(actor).where(Incident.pending.is_not(None))
    chosen = _requests().where(
        Application.decided_at.is_(None),
        Application.incident_id.in_(seen.with_only_columns(Incident.id)),
        Application.requested_by != actor.id,
        or_(Application.first_by.is_(None), Application.first_by != actor.id),
        _waits_for(actor, rules),
    )
    chosen = chosen.order_by(Application.requested_at, Application.id)
    if key := pages.decode(after, datetime, UUID):
        chosen = chosen.where(tuple_(Application.requested_at, Application.id) > tuple_(*key))
    rows, more = await _page(session, chosen, limit)
    following = pages.encode(rows[-1].requested_at, rows[-1].id) if more else None
    return RequestPage(items=[_request(row, rules) for row in rows], next=following)


async def _page(
    session: AsyncSession, chosen: Select[Any], limit: int
) -> tuple[Sequence[Row[Any]], bool]:
    rows = (await session.execute(chosen.limit(limit + 1))).all()
    return rows[:limit], len(rows) > limit


def _waits_for(actor: Actor, rules: Rules) -> ColumnElement[bool]:
    """The kinds and levels that wait for a role of the actor; the last level stays the last."""
    found: list[ColumnElement[bool]] = [false()]
    for kind, levels in rules.approvals:
        for level, role in enumerate(levels):
            if role in actor.roles:
                last = level == len(levels) - 1
                there = Application.level >= level if last else Application.level == level
                found.append(and_(Application.kind == kind, there))
    return or_(*found)


def _request(row: Any, rules: Rules) -> RequestOut:
    waits_for = None
    if row.decided_at is None:
        waits_for = rules.approvals.role(row.kind, row.level)
    return RequestOut.model_validate({**row._mapping, "waits_for": waits_for})
