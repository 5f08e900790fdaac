"""Keeping evidence: bytes first, rows second, both at most once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app import db, jobs
from app.media import queries, store
from app.media.errors import MediaIdReused
from app.media.judging import Judged, judge
from app.media.models import Flag, Kind, Media, Stage, State

DERIVE = "media.derive"
ALIKE_BITS = 6
"""Perceptual hashes that differ in no more bits than these are of nearly the same picture."""
_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it comes in; `id` is the client's, or ours where it made none."""

    id: UUID
    name: str
    content: IO[bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """A judged file whose bytes are in the store, or were there already (no key)."""

    id: UUID
    name: str
    judged: Judged
    key: str | None


async def keep(files: Sequence[NewFile]) -> list[Kept]:
    """Judge files and store their bytes; no transaction is open meanwhile."""
    judged = await judge([(file.name, file.content) for file in files])
    known = await queries.known([file.id for file in files])
    kept = []
    for file, found in zip(files, judged, strict=True):
        key = None if file.id in known else store.new_key()
        if key is not None:
            await store.put(original(key), file.content)
        kept.append(Kept(file.id, file.name, found, key))
    return kept


def original(key: str) -> str:
    """Where a file's own bytes are."""
    return f"{key}/original"


def variant(key: str, name: str) -> str:
    """Where a derivative is."""
    return f"{key}/{name}.webp"


async def add(
    session: AsyncSession, uploader_id: UUID, incident_id: UUID, stage: Stage, kept: Sequence[Kept]
) -> list[Media]:
    """Write the rows of kept files to a case that the caller has locked; those that are new.

    A file that is there already must be the same one at the same place.
    """
    there = await queries.by_id(session, [file.id for file in kept])
    for place, file in enumerate(kept):
        if file.id in there and not _same(there[file.id], incident_id, stage, file):
            raise MediaIdReused(f"/ids/{place}")
    fresh = [file for file in kept if file.id not in there]
    twins = await _twins(session, incident_id, stage, fresh) if fresh else {}
    rows = [
        _row(uploader_id, incident_id, stage, file, twins.get(place))
        for place, file in enumerate(fresh, 1)
    ]
    session.add_all(rows)
    await session.flush()
    for row in rows:
        if row.state == State.PENDING:
            await jobs.enqueue(session, DERIVE, media_id=row.id)
    return rows


def _same(there: Media, incident_id: UUID, stage: Stage, file: Kept) -> bool:
    before = (there.incident_id, there.stage, there.sha256)
    return before == (incident_id, stage, file.judged.sha256)


async def _twins(
    session: AsyncSession, incident_id: UUID, stage: Stage, fresh: Sequence[Kept]
) -> dict[int, tuple[UUID, Flag]]:
    """Earlier files like the new ones, by the new one's place; a document may serve many cases.

    The lock lets simultaneous uploads of the same bytes see each other.
    """
    judged = [file.judged for file in fresh]
    hashes = [None if one.kind is Kind.DOCUMENT else one.sha256 for one in judged]
    locks = sorted({int.from_bytes(digest[:8], signed=True) for digest in hashes if digest})
    each = func.unnest(bindparam("locks", locks, ARRAY(BigInteger))).column_valued("lock")
    await session.execute(select(func.pg_advisory_xact_lock(each)))
    seen = [one.photo and one.photo.phash for one in judged]
    sql = db.statement("media/twins.sql")
    found = await db.within(session, sql, incident_id, stage, hashes, seen, ALIKE_BITS)
    return {row["place"]: (row["id"], Flag.SAME if row["same"] else Flag.SIMILAR) for row in found}


def _row(
    uploader_id: UUID,
    incident_id: UUID,
    stage: Stage,
    file: Kept,
    twin: tuple[UUID, Flag] | None,
) -> Media:
    judged, photo = file.judged, file.judged.photo
    words = photo.words if photo else None
    lon, lat = (words and words.place) or (None, None)
    return Media(
        id=file.id,
        incident_id=incident_id,
        stage=stage,
        kind=judged.kind,
        content_type=judged.content_type,
        file_name=file.name.replace("\x00", "")[:_NAME_LENGTH],
        size_bytes=judged.size_bytes,
        sha256=judged.sha256,
        phash=photo and photo.phash,
        width=photo and photo.width,
        height=photo and photo.height,
        taken_at=words and words.taken_at,
        lon=lon,
        lat=lat,
        camera=words and words.camera,
        flags=[twin[1]] if twin else [],
        twin_id=twin[0] if twin else None,
        object_key=file.key,
        state=State.PENDING if judged.kind is Kind.PHOTO else State.READY,
        uploader_id=uploader_id,
    )
