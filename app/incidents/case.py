"""A case at hand: what a move works on, and what it must know for its guards."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.calendars import queries as calendars
from app.incidents import proof
from app.incidents.branches import Application, Order, Part, StageClock, Task
from app.incidents.models import Fact, Incident
from app.incidents.proof import Photos
from app.incidents.rulebook import current as current_rules
from app.incidents.rules import Rules
from app.incidents.states import Status
from app.people.models import Account
from app.worktime.calendar import Calendar

NEWEST = Fact.version.desc()


@dataclass(slots=True)
class Case:
    """One locked case, who acts on it and when. What hangs on it is read when it is asked for.

    `system` acts by itself: no guard holds it. `restart` asks for a new handle clock.
    """

    session: AsyncSession
    actor: Actor
    incident: Incident
    at: datetime
    rules: Rules
    calendar: Calendar
    system: bool = False
    restart: bool = False
    clocks: list[StageClock] = field(default_factory=list)
    task: Task | None = None
    application: Application | None = None
    parts: Sequence[Part] = ()
    order: Order | None = None
    photos: Photos | None = None
    claimer: str = ""
    known: set[str] = field(default_factory=set)

    @property
    def status(self) -> Status:
        """Where the case is."""
        return Status(self.incident.status)

    @property
    def mine(self) -> bool:
        """Whether the case is with the actor's unit, or with the actor."""
        incident = self.incident
        return incident.unit_id in self.actor.units or incident.handler_id == self.actor.id

    @property
    def open_parts(self) -> list[Part]:
        """Co-handlers that have not replied."""
        return [part for part in self.parts if part.role == "co" and part.done_at is None]

    def seen_by(self, *ids: UUID | None) -> None:
        """Let units and accounts see the case from now on."""
        more = {found for found in ids if found is not None}
        if not more <= set(self.incident.parties):
            self.incident.parties = sorted({*self.incident.parties, *more})

    async def know(self, names: Iterable[str]) -> None:
        """Read what hangs on the case, each thing once."""
        for name in set(names) - self.known:
            setattr(self, name, await _READERS[name](self))
            self.known.add(name)

    async def last_actor(self, *kinds: str) -> UUID | None:
        """Who made the last step of these kinds."""
        chosen = select(Fact.actor_id).where(
            Fact.incident_id == self.incident.id, Fact.kind.in_(kinds)
        )
        found: UUID | None = await self.session.scalar(chosen.order_by(NEWEST).limit(1))
        return found


async def open_case(
    session: AsyncSession, actor: Actor, incident: Incident, at: datetime, *, system: bool = False
) -> Case:
    """The case with the rules and the calendar in force; no step is earlier than the last one."""
    rules, calendar = await current_rules(), await calendars.current()
    return Case(session, actor, incident, max(at, incident.updated_at), rules, calendar, system)


async def _clocks(case: Case) -> list[StageClock]:
    chosen = select(StageClock).where(StageClock.incident_id == case.incident.id)
    return list((await case.session.scalars(chosen.order_by(StageClock.run))).all())


async def _task(case: Case) -> Task | None:
    chosen = select(Task).where(Task.incident_id == case.incident.id, Task.ended_at.is_(None))
    return await case.session.scalar(chosen)


async def _application(case: Case) -> Application | None:
    if case.incident.pending is None:
        return None
    return await case.session.scalar(
        select(Application).where(
            Application.incident_id == case.incident.id, Application.decided_at.is_(None)
        )
    )


async def _parts(case: Case) -> Sequence[Part]:
    chosen = select(Part).where(Part.incident_id == case.incident.id).order_by(Part.unit_id)
    return (await case.session.scalars(chosen)).all()


async def _order(case: Case) -> Order | None:
    """The newest that waits for a reply: those before it have gone up into it."""
    chosen = select(Order).where(Order.incident_id == case.incident.id, Order.replied_at.is_(None))
    return await case.session.scalar(chosen.order_by(Order.issued_at.desc()).limit(1))


async def _claimer(case: Case) -> str:
    holder = case.incident.claimed_by
    if holder in (None, case.actor.id):
        return case.actor.name
    return await case.session.scalar(select(Account.name).where(Account.id == holder)) or ""


async def _photos(case: Case) -> Photos:
    return await proof.photos_of(case.session, case.incident, case.rules.after_photo_metres)


_READERS: Mapping[str, Callable[[Case], Coroutine[Any, Any, Any]]] = {
    "clocks": _clocks,
    "task": _task,
    "application": _application,
    "parts": _parts,
    "order": _order,
    "photos": _photos,
    "claimer": _claimer,
}
EVERYTHING = frozenset(_READERS)
"""All that may hang on a case."""
