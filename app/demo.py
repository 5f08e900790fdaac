"""The demonstration city: sample grids, some units, and one account per role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.config import ROOT, Env, settings
from app.grids import service as grids
from app.grids.models import Area, GridImport
from app.grids.schemas import ImportOptions, Level
from app.ownership import service as ownership
from app.ownership.schemas import NewOwner
from app.people import service as people
from app.people.models import Account, Unit
from app.people.schemas import NewAccount, NewPost, NewUnit
from app.permissions import Role
from app.problems import AppError

PASSWORD = "wangge-demo-2026"  # noqa: S105 - demonstration only, refused in production
AREAS, CELLS = ROOT / "grids" / "pucheng_areas.geojson", ROOT / "grids" / "pucheng_cells.geojson"
FILES = (
    (AREAS, Level.DISTRICT),
    (AREAS, Level.SUBDISTRICT),
    (AREAS, Level.COMMUNITY),
    (CELLS, Level.CELL),
)
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
"""Posts and owners of the sample city have been there for long: a simulated day finds them."""
ROOT_UNIT = ("CGJ", "蒲城县城市管理局（示例）")
UNITS: dict[str, tuple[str, tuple[str, ...]]] = {
    "HWS": ("环卫所（示例）", ("E01", "C03")),
    "ZFD": ("城管执法大队（示例）", ("E02", "E04", "E06")),
    "SZS": ("市政设施所（示例）", ("C01", "C02", "E05")),
    "YLS": ("园林绿化所（示例）", ("C04",)),
    "ZJJ": ("住建局（示例）", ("E03", "C05")),
}
NAMES = {
    Role.STEWARD: "网格员一号",
    Role.ACCEPTOR: "受理员一号",
    Role.SUPERVISOR: "值班长一号",
    Role.DISPATCHER: "派遣员一号",
    Role.HANDLER: "处置员一号",
    Role.UNIT_HEAD: "部门负责人一号",
    Role.LEADER: "领导一号",
    Role.EVALUATOR: "评价员一号",
    Role.ADMINISTRATOR: "管理员一号",
}
OF_UNIT = (Role.HANDLER, Role.UNIT_HEAD)
USERNAMES = {role: f"{role}1" for role in NAMES} | {Role.ADMINISTRATOR: "admin1"}


class NotADemo(AppError):
    """Demo accounts have a published password; they are made in demo mode only."""

    slug, status = "not-a-demo", 409
    title = ("非演示环境", "This is not a demonstration")
    detail = (
        "演示账号只能在 WANGGE_ENV=demo 时创建，当前为 {env}",
        "Demo accounts are made with WANGGE_ENV=demo only; it is {env}",
    )


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account, for the table that is printed."""

    username: str
    name: str
    role: str


async def load() -> Sequence[Login]:
    """Load what is missing of the demonstration; a second call changes nothing."""
    if settings().env is not Env.DEMO:
        raise NotADemo(env=settings().env)
    for source, level in FILES:
        if not await _imported(source.name, level):
            await grids.import_file(source, ImportOptions(level=level))
    async with db.transaction() as session:
        root = await session.scalar(select(Unit).where(Unit.code == ROOT_UNIT[0]))
        fresh = root is None
        root = root or await _units(session)
        for role in NAMES:
            await _account(session, role, root)
        if fresh:
            await _stewards(session)
    return [Login(USERNAMES[role], NAMES[role], role) for role in NAMES]


async def _imported(file_name: str, level: Level) -> bool:
    async with db.transaction() as session:
        done = select(func.count()).where(
            GridImport.file_name == file_name,
            GridImport.level == level,
            GridImport.status == "done",
        )
        return bool(await session.scalar(done))


async def _units(session: AsyncSession) -> Unit:
    """The bureau, which owns what nobody else does, and below it a unit for each kind of matter."""
    root = await people.create_unit(session, NewUnit(code=ROOT_UNIT[0], name=ROOT_UNIT[1]))
    await ownership.create_owner(session, NewOwner(unit=root.id, valid_from=SINCE))
    for code, (name, categories) in UNITS.items():
        unit = await people.create_unit(session, NewUnit(code=code, name=name, parent=root.id))
        for category in categories:
            owner = NewOwner(unit=unit.id, category=category, valid_from=SINCE)
            await ownership.create_owner(session, owner)
    return root


async def _account(session: AsyncSession, role: Role, root: Unit) -> None:
    """One account per role; the handler works for the bureau and so for all units below it."""
    username = USERNAMES[role]
    if await session.scalar(select(Account.id).where(Account.username == username)):
        return
    account = await people.create_account(
        session,
        NewAccount(
            username=username,
            name=NAMES[role],
            roles=[role],
            unit=root.id if role in OF_UNIT else None,
            password=PASSWORD,
        ),
    )
    if role is not Role.STEWARD and role not in OF_UNIT:
        post = NewPost(account=account.id, duty=role, valid_from=SINCE)
        await people.create_post(session, post)


async def _stewards(session: AsyncSession) -> None:
    """A named steward for every community; steward1 has the first."""
    first = (await session.scalars(select(Account).where(Account.username == "steward1"))).one()
    communities = await session.scalars(
        select(Area).where(Area.level == "community", Area.valid_to.is_(None)).order_by(Area.code)
    )
    for number, community in enumerate(communities.all(), 1):
        steward = first
        if number > 1:
            name = f"网格员·{community.name.rsplit('·', 1)[-1]}"
            new = NewAccount(
                username=f"steward{number}", name=name, roles=[Role.STEWARD], password=PASSWORD
            )
            steward = await people.create_account(session, new)
        duty, place = Role.STEWARD, community.code
        post = NewPost(account=steward.id, duty=duty, place=place, valid_from=SINCE)
        await people.create_post(session, post)
