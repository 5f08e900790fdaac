"""The demonstration city: sample grids, some units, and the people in them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.config import ROOT, Env, settings
from app.demo import people
from app.grids import service as grids
from app.grids.models import GridImport
from app.grids.schemas import ImportOptions, Level
from app.ownership import service as ownership
from app.ownership.schemas import NewOwner
from app.people import queries, service
from app.people.models import Unit
from app.people.schemas import NewUnit
from app.problems import AppError

AREAS, CELLS = ROOT / "grids" / "pucheng_areas.geojson", ROOT / "grids" / "pucheng_cells.geojson"
FILES = (
    (AREAS, Level.DISTRICT),
    (AREAS, Level.SUBDISTRICT),
    (AREAS, Level.COMMUNITY),
    (CELLS, Level.CELL),
)
SINCE = datetime(2025, 1, 1)  # noqa: DTZ001 - midnight of the city
"""Owners of the sample city have been there for long: a simulated day finds them."""
ROOT_UNIT = ("CGJ", "蒲城县城市管理局（示例）")
UNITS: dict[str, tuple[str, tuple[str, ...]]] = {
    "HWS": ("环卫所（示例）", ("E01", "C03")),
    "ZFD": ("城管执法大队（示例）", ("E02", "E04", "E06")),
    "SZS": ("市政设施所（示例）", ("C01", "C02", "E05")),
    "YLS": ("园林绿化所（示例）", ("C04",)),
    "ZJJ": ("住建局（示例）", ("E03", "C05")),
}


class NotADemo(AppError):
    """Demo accounts have a published password; they are made in demo mode only."""

    slug, status = "not-a-demo", 409
    title = ("非演示环境", "This is not a demonstration")
    detail = (
        "演示账号只能在 WANGGE_ENV=demo 时创建，当前为 {env}",
        "Demo accounts are made with WANGGE_ENV=demo only; it is {env}",
    )


def only_in_a_demo() -> None:
    """Refuse to write anything that never was among real cases."""
    if settings().env is not Env.DEMO:
        raise NotADemo(env=settings().env)


async def load() -> Sequence[people.Login]:
    """Load what is missing of the demonstration; a second call changes nothing."""
    only_in_a_demo()
    for source, level in FILES:
        if not await _imported(source.name, level):
            await grids.import_file(source, ImportOptions(level=level))
    async with db.transaction() as session:
        root = await queries.find_unit_coded(session, ROOT_UNIT[0]) or await _units(session)
        units = await session.scalars(select(Unit).where(Unit.code.in_(UNITS)))
        await people.hire(session, root, units.all())
    return people.FIRSTS


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
    since = SINCE.replace(tzinfo=settings().zone)
    root = await service.create_unit(session, NewUnit(code=ROOT_UNIT[0], name=ROOT_UNIT[1]))
    await ownership.create_owner(session, NewOwner(unit=root.id, valid_from=since))
    for code, (name, categories) in UNITS.items():
        unit = await service.create_unit(session, NewUnit(code=code, name=name, parent=root.id))
        for category in categories:
            owner = NewOwner(unit=unit.id, category=category, valid_from=since)
            await ownership.create_owner(session, owner)
    return root
