"""The people of the demonstration: all can sign in, with one password that everybody knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.grids.models import Area
from app.people import queries, service
from app.people.models import Account, Unit
from app.people.schemas import NewAccount, NewPost
from app.permissions import Role
from app.simulation.people import SINCE

PASSWORD = "wangge-demo-2026"  # noqa: S105 - demonstration only, refused in production
NAMES: Mapping[Role, str] = {
    Role.STEWARD: "网格员",
    Role.ACCEPTOR: "受理员",
    Role.SUPERVISOR: "值班长",
    Role.DISPATCHER: "派遣员",
    Role.HANDLER: "处置员",
    Role.UNIT_HEAD: "部门负责人",
    Role.LEADER: "领导",
    Role.EVALUATOR: "评价员",
    Role.ADMINISTRATOR: "管理员",
}
OF_UNIT = (Role.HANDLER, Role.UNIT_HEAD)
SECONDS = (Role.ACCEPTOR, Role.SUPERVISOR, Role.DISPATCHER, Role.HANDLER)
"""Desks with two people: what came back to one of them, the other one sends on."""
CREW = (
    ("1", "处置员一", Role.HANDLER),
    ("2", "处置员二", Role.HANDLER),
    ("head", "负责人", Role.UNIT_HEAD),
)


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account, for the table that is printed."""

    username: str
    name: str
    role: Role


def login(role: Role, number: int = 1) -> Login:
    """The first or the second person of a role."""
    short = "admin" if role is Role.ADMINISTRATOR else role
    return Login(f"{short}{number}", NAMES[role] + ("一号", "二号")[number - 1], role)


def crew(unit: Unit) -> list[Login]:
    """Two handlers and the head of a unit."""
    name = unit.name.removesuffix("（示例）")
    return [Login(f"{unit.code.lower()}-{mark}", name + word, role) for mark, word, role in CREW]


FIRSTS = [login(role) for role in NAMES]
"""One per role; the steward, who comes first, has the first community."""


async def hire(session: AsyncSession, root: Unit, units: Sequence[Unit]) -> None:
    """Everybody who is missing: the bureau's, those of its units, a steward for each community."""
    for person in FIRSTS[1:] + [login(role, 2) for role in SECONDS]:
        await _hire(session, person, unit=root)
    for unit in units:
        for person in crew(unit):
            await _hire(session, person, unit=unit)
    communities = await session.scalars(
        select(Area).where(Area.level == "community", Area.valid_to.is_(None)).order_by(Area.code)
    )
    for number, area in enumerate(communities.all(), 1):
        name = f"{NAMES[Role.STEWARD]}·{area.name.rsplit('·', 1)[-1]}"
        person = Login(f"steward{number}", name, Role.STEWARD) if number > 1 else FIRSTS[0]
        await _hire(session, person, place=area.code)


async def _hire(
    session: AsyncSession, person: Login, *, unit: Unit | None = None, place: str | None = None
) -> None:
    """An account, and for those who work at no unit a post: at a place, or for the whole city."""
    if await queries.find_account_named(session, person.username):
        return
    at_unit = unit if person.role in OF_UNIT else None
    account: Account = await service.create_account(
        session,
        NewAccount(
            username=person.username,
            name=person.name,
            roles=[person.role],
            unit=at_unit and at_unit.id,
            password=PASSWORD,
        ),
    )
    if at_unit is None:
        post = NewPost(account=account.id, duty=person.role, place=place, valid_from=SINCE)
        await service.create_post(session, post)
