"""Who works on a simulated day: every role, two crews and more; made where they are missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor, actor_by_id
from app.people import queries, service
from app.people.models import OWNER, Account, Post, Unit
from app.people.schemas import NewAccount, NewPost, NewUnit
from app.permissions import Role

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""All posts began before any day that is simulated."""
DESKS: Mapping[Role, tuple[int, str]] = {
    Role.STEWARD: (6, "模拟网格员"),
    Role.ACCEPTOR: (2, "模拟受理员"),
    Role.SUPERVISOR: (2, "模拟值班长"),
    Role.DISPATCHER: (2, "模拟派遣员"),
    Role.EVALUATOR: (1, "模拟评价员"),
    Role.LEADER: (1, "模拟领导"),
}
"""How many of each there are, for the whole city."""
MOST_CREWS = 12
OWN_UNITS = (("SIM-1", "模拟处置一队"), ("SIM-2", "模拟处置二队"))
"""Made where the city names fewer than two owners."""


@dataclass(frozen=True, slots=True)
class Crew:
    """The people of a unit."""

    unit_id: UUID
    handlers: tuple[Actor, Actor]
    head: Actor


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who acts; `others` are people of the city who were given a task."""

    desks: Mapping[Role, Sequence[Actor]]
    crews: Mapping[UUID, Crew]
    others: dict[UUID, Actor] = field(default_factory=dict)

    async def person(self, account_id: UUID) -> Actor:
        """Somebody of the city by account."""
        if account_id not in self.others:
            self.others[account_id] = await actor_by_id(account_id)
        return self.others[account_id]


async def gather() -> Cast:
    """Find everybody, and make who is missing: accounts named sim-… that can't sign in."""
    async with db.transaction() as session:
        desks = {
            role: [
                await _account(session, f"sim-{role}-{number}", f"{name}{number}号", role)
                for number in range(1, count + 1)
            ]
            for role, (count, name) in DESKS.items()
        }
        units = [(unit.id, await _crew(session, unit)) for unit in await _units(session)]
    return Cast(
        {role: [await actor_by_id(found) for found in ids] for role, ids in desks.items()},
        {unit_id: await _acting(unit_id, ids) for unit_id, ids in units},
    )


async def _acting(unit_id: UUID, ids: Sequence[UUID]) -> Crew:
    one, two, head = [await actor_by_id(found) for found in ids]
    return Crew(unit_id, (one, two), head)


async def _units(session: AsyncSession) -> Sequence[Unit]:
    """Units that own something; the simulation's own where there are too few."""
    owning = select(Post.unit_id).where(Post.duty == OWNER, Post.unit_id.is_not(None))
    chosen = select(Unit).where(Unit.active, Unit.id.in_(owning)).order_by(Unit.code)
    found = list((await session.scalars(chosen.limit(MOST_CREWS))).all())
    for code, name in OWN_UNITS[len(found) :]:
        made = await queries.find_unit_coded(session, code)
        found.append(made or await service.create_unit(session, NewUnit(code=code, name=name)))
    return found


async def _crew(session: AsyncSession, unit: Unit) -> tuple[UUID, UUID, UUID]:
    tail = unit.id.hex[-8:]
    one, two, head = [
        await _account(session, f"sim-{role}-{tail}{mark}", f"{unit.name}{name}", role, unit)
        for role, mark, name in (
            (Role.HANDLER, "-1", "处置员一"),
            (Role.HANDLER, "-2", "处置员二"),
            (Role.UNIT_HEAD, "", "负责人"),
        )
    ]
    return one, two, head


async def _account(
    session: AsyncSession, username: str, name: str, role: Role, unit: Unit | None = None
) -> UUID:
    found: Account | None = await queries.find_account_named(session, username)
    if found is not None:
        return found.id
    new = NewAccount(username=username, name=name, roles=[role], unit=unit.id if unit else None)
    made = await service.create_account(session, new)
    if unit is None:
        post = NewPost(account=made.id, duty=role, valid_from=SINCE)
        await service.create_post(session, post)
    return made.id
