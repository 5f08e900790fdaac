"""A case as a dossier (案卷) on paper: what is known of it, laid out by typst from a template."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import orjson
import typst
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.config import settings
from app.exports.columns import COLUMNS, STAGES, ColumnName, Value, moment
from app.exports.errors import FontMissing
from app.incidents import evidence, explain, facts, queries
from app.incidents.clock_schemas import ClockOut
from app.incidents.workflow import MOVES
from app.media import store
from app.media.errors import FileLost, StoreUnavailable
from app.media.models import Kind, Stage, State
from app.media.schemas import MediaOut, Variant
from app.permissions import Permission
from app.worktime.limits import Pace

TEMPLATE = Path(__file__).with_name("dossier.typ")
FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
AT_MOST = 60
"""Photos on paper."""
SHOWN_AS = "%Y-%m-%d %H:%M"
SHOTS: Mapping[Stage, str] = {
    Stage.REPORT: "上报",
    Stage.VERIFY: "核实",
    Stage.BEFORE: "处置前",
    Stage.DURING: "处置中",
    Stage.AFTER: "处置后",
    Stage.CHECK: "核查",
}
STEPS: Mapping[str, str] = {name: move.label for name, move in MOVES.items()} | {
    "report": "上报",
    "import": "导入",
    "warn": "黄灯预警",
    "overdue": "超时",
    "escalate": "超时升级",
    "recalculate": "重算时限",
    "reassign": "网格调整",
    "absorb": "并入其他案件",
    "release": "取消并入",
}
SAID = (
    *("unit_name", "handler_name", "limit", "label", "number", "into_number", "instruction"),
    *("requirement", "reason", "note", "result", "reply_text", "opinion"),
)
"""What of a fact's data is told in words, in this order."""
_N = ColumnName
FIELDS = (
    *(_N.NUMBER, _N.STATUS, _N.SOURCE, _N.KIND, _N.CATEGORY, _N.CATEGORY_CODE),
    *(_N.CELL_CODE, _N.CELL, _N.STEWARD, _N.OWNER, _N.UNIT, _N.LIMIT),
    *(_N.REPORTED_AT, _N.ENDED_AT, _N.LON, _N.LAT, _N.RETURN_COUNT, _N.REWORK_COUNT),
    *(_N.EXTENSION_COUNT, _N.ORDER_COUNT, _N.OVERDUE_AT, _N.EXEMPT),
)
TEXTS = (_N.ADDRESS, _N.DESCRIPTION)
SIGNATURES = ("受理", "立案", "派遣", "处置单位", "核查", "结案")


@lru_cache(maxsize=1)
def _fonts() -> tuple[typst.Fonts, str]:
    """The machine's fonts, read once, and the one for Chinese."""
    fonts = typst.Fonts()
    there = set(fonts.families())
    found = next((name for name in FONTS if name in there), None)
    if found is None:
        raise FontMissing(fonts=list(FONTS))
    return fonts, found


async def pdf(session: AsyncSession, actor: Actor, incident_id: UUID) -> tuple[str, bytes]:
    """The case's number and its dossier, with what the actor may see of it."""
    _, body = await queries.body(actor, incident_id)
    case: dict[str, Any] = orjson.loads(body)
    clocks = await explain.of_case(session, actor, incident_id)
    with TemporaryDirectory() as folder:
        told = {
            "number": case["number"],
            "city": settings().city_name,
            "printed": f"{actor.name} 打印于 {datetime.now(settings().zone):{SHOWN_AS}}",
            "fields": _fields(case, FIELDS),
            "texts": _fields(case, TEXTS),
            "photos": await _photos(actor, incident_id, Path(folder)),
            "clocks": [_clock(clock) for clock in clocks.items],
            "facts": await _facts(actor, incident_id),
            "signatures": SIGNATURES,
        }
        return case["number"], await asyncio.to_thread(_typeset, Path(folder), told)


def _typeset(folder: Path, told: Mapping[str, Any]) -> bytes:
    fonts, font = _fonts()
    data = orjson.dumps({**told, "font": font}).decode()
    main = folder / TEMPLATE.name
    main.write_bytes(TEMPLATE.read_bytes())
    made = typst.compile(str(main), root=str(folder), font_paths=fonts, sys_inputs={"data": data})
    assert isinstance(made, bytes)  # noqa: S101 - without a path it gives the PDF back
    return made


def _fields(case: Mapping[str, Any], names: Iterable[ColumnName]) -> list[tuple[str, str]]:
    """Titles and values, as a sheet has them."""
    return [(COLUMNS[name].title, _shown(COLUMNS[name].of(case))) for name in names]


def _shown(value: Value) -> str:
    if isinstance(value, datetime):
        return value.strftime(SHOWN_AS)
    return "—" if value is None else str(value)


def _at(value: datetime | None) -> str:
    return _shown(value and value.astimezone(settings().zone))


async def _photos(actor: Actor, incident_id: UUID, folder: Path) -> list[dict[str, Any]]:
    """Photos by stage; their thumbnails are laid into a folder that the template reads."""
    files = await evidence.list_(actor, incident_id)
    photos = [file for file in files if file.kind is Kind.PHOTO][:AT_MOST]
    shown = [(photo, await _laid(actor, incident_id, photo, folder)) for photo in photos]
    found: list[dict[str, Any]] = []
    for stage, label in SHOTS.items():
        mine = [
            {
                "file": name,
                "caption": f"{_at(photo.taken_at or photo.uploaded_at)} {photo.uploader.name}",
            }
            for photo, name in shown
            if photo.stage is stage
        ]
        if mine:
            found.append({"label": label, "photos": mine})
    return found


async def _laid(actor: Actor, incident_id: UUID, photo: MediaOut, folder: Path) -> str | None:
    """The name of a photo's thumbnail in the folder; None where there is none to be had."""
    if photo.state is not State.READY:
        return None
    served = await evidence.get(actor, incident_id, photo.id, Variant.THUMBNAIL)
    try:
        content = await store.get(served.key)
    except (FileLost, StoreUnavailable):
        return None
    name = f"{photo.id}.webp"
    await asyncio.to_thread((folder / name).write_bytes, content)
    return name


def _clock(clock: ClockOut) -> Sequence[str]:
    pace = "工作时间" if clock.pace is Pace.WORK else "自然时间"
    given = _hours(clock.limit_seconds + clock.added_seconds)
    if clock.overdue_at is not None:
        result = "超时（免责）" if clock.exempt else "超时"
    else:
        result = {"running": "进行中", "paused": "暂停", "stopped": "按时"}[clock.state]
    due, used = _at(clock.due_at), _hours(clock.used_seconds)
    return STAGES[clock.stage], f"{given}（{pace}）", _at(clock.started_at), due, used, result


def _hours(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = (f"{hours} 小时" if hours else "", f"{minutes} 分" if minutes or not hours else "")
    return " ".join(filter(None, parts))


async def _facts(actor: Actor, incident_id: UUID) -> list[Sequence[str]]:
    """Each step: when, what, by whom, and what was said with it."""
    if not actor.may(Permission.FACT_READ):
        return []
    items = orjson.loads(await facts.of_case(actor, incident_id))["items"]
    return [
        (
            _shown(moment(fact["at"])),
            STEPS.get(fact["kind"], fact["kind"]),
            fact["actor_name"] or "—",
            "；".join(_words(fact)),
        )
        for fact in items
    ]


def _words(fact: Mapping[str, Any]) -> list[str]:
    if fact["kind"] in ("report", "import"):
        return []
    data = fact["data"]
    return [str(data[name]) for name in SAID if data.get(name)]
