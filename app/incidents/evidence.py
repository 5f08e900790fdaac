"""Evidence of a case: files behind the case's visibility, each upload a fact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app import db
from app.auth import Actor
from app.incidents import queries, service, steps
from app.incidents.case import Case, open_case
from app.incidents.models import Incident
from app.incidents.queries import Scope, scope_of, scope_values, visible
from app.media import service as media
from app.media.errors import VariantFailed, VariantPending
from app.media.models import Kind, Media, Stage, State
from app.media.schemas import MediaOut, Origin, Twin, Uploader, Variant
from app.media.service import NewFile
from app.people.models import Account
from app.permissions import Permission
from app.problems import Forbidden, NotFound
from app.spatial import metres_between, point

ORIGINALS = Permission.INCIDENT_DECIDE
"""Who may see a photo as it came, with all that it tells of where and with what it was taken."""
ADD = "add_evidence"
_STAGES = list(Stage)
_INCIDENT = bindparam("incident", type_=Uuid())


@dataclass(frozen=True, slots=True)
class Served:
    """One object of the store and how to send it."""

    key: str
    content_type: str
    file_name: str


async def add(
    session: AsyncSession,
    actor: Actor,
    incident_id: UUID,
    stage: Stage,
    files: Sequence[NewFile],
    *,
    at: datetime | None = None,
) -> tuple[list[MediaOut], bool]:
    """Keep files; the answer in the order sent, and whether all had been there before.

    `at` is now unless a simulation says otherwise.
    """
    await _may_take(session, actor, incident_id)
    kept = await media.keep(files)
    incident = await queries.get_for_update(session, actor, incident_id)
    fresh = {row.id for row in await media.add(session, actor.id, incident_id, stage, kept)}
    place = {file.id: number for number, file in enumerate(files)}
    chosen = _listed(scope_of(actor)).where(Media.id.in_(place))
    rows = await session.execute(chosen, {**scope_values(actor), "incident": incident_id})
    told = sorted((_out(actor, row) for row in rows.mappings()), key=lambda out: place[out.id])
    if fresh:
        case = await service.at_hand(session, actor, incident, at or datetime.now(UTC))
        for out in told:
            if out.id in fresh:
                await record(case, out)
    return told, not fresh


async def _may_take(session: AsyncSession, actor: Actor, incident_id: UUID) -> None:
    """Ask before bytes are judged and stored; the case is not locked for that long."""
    incident = await queries.get(session, actor, incident_id)
    case = await open_case(session, actor, incident, datetime.now(UTC))
    await service.judged(case, ADD)


async def record(case: Case, added: MediaOut) -> None:
    """Append the fact of one new file."""
    move = await service.judged(case, ADD)
    fields = {"stage", "sha256", "taken_at", "metres", "flags"}
    data = {"media": str(added.id), **added.model_dump(mode="json", include=fields)}
    await service.step(case, move, steps.snapshot(case.incident), data)


async def list_(actor: Actor, incident_id: UUID) -> list[MediaOut]:
    """All files of a case by stage, then by the time when they were taken."""
    values = {**scope_values(actor), "incident": incident_id}
    rows = await _list(scope_of(actor)).fetch(values)
    if not rows:
        raise queries.absent(incident_id)
    return [_out(actor, dict(row)) for row in rows if row["id"] is not None]


async def get(actor: Actor, incident_id: UUID, media_id: UUID, variant: Variant) -> Served:
    """Where a file's bytes are, for those who may have them."""
    asked = {"incident": incident_id, "media": media_id}
    rows = await _one(scope_of(actor)).fetch({**scope_values(actor), **asked})
    if not rows:
        raise NotFound(what=("文件", "file"), value=str(media_id))
    row, photo = rows[0], rows[0]["kind"] == Kind.PHOTO
    if variant is Variant.ORIGINAL:
        if photo and not actor.may(ORIGINALS):
            raise Forbidden(permission=ORIGINALS)
        return Served(media.original(row["object_key"]), row["content_type"], row["file_name"])
    if not photo:
        raise NotFound(what=("图片", "picture"), value=variant)
    if row["state"] == State.PENDING:
        raise VariantPending
    if row["state"] == State.FAILED:
        raise VariantFailed(reason=row["state_reason"])
    return Served(media.variant(row["object_key"], variant), "image/webp", f"{variant}.webp")


@lru_cache
def _listed(scope: Scope) -> Select[Any]:
    """A visible case with its files: one row without a file where it has none."""
    twin, other = aliased(Media), aliased(Incident)
    return (
        select(
            *Media.__table__.c,
            Account.name.label("uploader_name"),
            metres_between(Incident.place, point(Media.lon, Media.lat)).label("metres"),
            other.id.label("twin_incident"),
            other.number.label("twin_number"),
        )
        .select_from(Incident)
        .outerjoin(Media, Media.incident_id == Incident.id)
        .outerjoin(Account, Account.id == Media.uploader_id)
        .outerjoin(twin, twin.id == Media.twin_id)
        .outerjoin(other, and_(other.id == twin.incident_id, visible(scope, other)))
        .where(Incident.id == _INCIDENT, visible(scope))
    )


@lru_cache
def _list(scope: Scope) -> db.Compiled:
    order = func.array_position(_STAGES, Media.stage)
    taken = func.coalesce(Media.taken_at, Media.uploaded_at)
    return db.compiled(_listed(scope).order_by(order, taken, Media.id))


@lru_cache
def _one(scope: Scope) -> db.Compiled:
    columns = (Media.object_key, Media.content_type, Media.file_name, Media.kind)
    return db.compiled(
        select(*columns, Media.state, Media.state_reason)
        .join(Incident, Incident.id == Media.incident_id)
        .where(
            Media.id == bindparam("media", type_=Uuid()), Incident.id == _INCIDENT, visible(scope)
        )
    )


def _out(actor: Actor, row: Mapping[str, Any]) -> MediaOut:
    twin = row["twin_incident"]
    metres = row["metres"]
    shown = {
        **row,
        "sha256": row["sha256"].hex(),
        "metres": None if metres is None else round(metres, 1),
        "uploader": Uploader(id=row["uploader_id"], name=row["uploader_name"]),
        "twin": Twin(incident=twin, number=row["twin_number"]) if twin else None,
        "origin": Origin.model_validate({**row}) if actor.may(ORIGINALS) else None,
    }
    return MediaOut.model_validate(shown)
