"""Who called: a name and a number that stay out of the case, its facts and its lists."""

from datetime import datetime
from uuid import UUID

import structlog
from pydantic import Field, model_validator
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.auth import Actor
from app.db import Model
from app.incidents import queries
from app.permissions import Permission
from app.schemas import In, Line, Out, Phone

log = structlog.get_logger("callers")
KNOWS = frozenset(
    {Permission.CALLER_MANAGE, Permission.INCIDENT_DISPATCH, Permission.INCIDENT_HANDLE}
)
"""Whoever holds one of these, and sees the case, may call back; not if it is confidential."""


class Caller(Model):
    """The caller of one case. `confidential`: for those at the desk who take calls alone."""

    __tablename__ = "caller"

    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    phone: Mapped[str | None]
    confidential: Mapped[bool]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class CallerIn(In):
    """Who called. `confidential`: neither the unit nor the dispatcher shall learn it."""

    name: Line | None = None
    phone: Phone | None = None
    confidential: bool = False

    @model_validator(mode="after")
    def _something(self) -> "CallerIn":
        if self.name is None and self.phone is None:
            raise ValueError("姓名 name 与电话 phone 至少填写一项|give `name` or `phone`")
        return self


class CallerOut(Out):
    """Who called, as far as you may know it."""

    recorded: bool = Field(description="Whether a caller is on record, even one you may not see")
    confidential: bool
    name: str | None
    phone: str | None


async def of_case(session: AsyncSession, actor: Actor, incident_id: UUID) -> CallerOut:
    """The caller of a case that the actor sees; that somebody has looked is logged."""
    await queries.get(session, actor, incident_id)
    return _seen(actor, incident_id, await session.get(Caller, incident_id))


async def record(
    session: AsyncSession, actor: Actor, incident_id: UUID, data: CallerIn
) -> CallerOut:
    """Put the caller on record, or correct it; the same again changes nothing."""
    await queries.get(session, actor, incident_id)
    given = {**data.model_dump(), "recorded_by": actor.id}
    written = insert(Caller).values(incident_id=incident_id, **given)
    await session.execute(
        written.on_conflict_do_update(
            index_elements=[Caller.incident_id], set_={**given, "recorded_at": text("now()")}
        )
    )
    log.info("caller recorded", incident=str(incident_id), actor=str(actor.id))
    return CallerOut(recorded=True, **data.model_dump())


def _seen(actor: Actor, incident_id: UUID, found: Caller | None) -> CallerOut:
    if found is None:
        return CallerOut(recorded=False, confidential=False, name=None, phone=None)
    if not (actor.may(Permission.CALLER_MANAGE) or (_knows(actor) and not found.confidential)):
        return CallerOut(recorded=True, confidential=found.confidential, name=None, phone=None)
    log.info("caller read", incident=str(incident_id), actor=str(actor.id))
    return CallerOut(
        recorded=True, confidential=found.confidential, name=found.name, phone=found.phone
    )


def _knows(actor: Actor) -> bool:
    return any(actor.may(permission) for permission in KNOWS)
