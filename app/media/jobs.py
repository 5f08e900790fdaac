"""Background work of evidence: make smaller pictures, remove what no row speaks of."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from app import db
from app.config import settings
from app.jobs import job, periodic
from app.media import service, store
from app.media.judging import beside
from app.media.models import State
from app.media.photos import variants

log = structlog.get_logger("media")
ABANDONED_DAYS = range(2, 9)
"""Ages of the days that the sweep looks through: a transaction never lasts from one to the next."""

_ROW = "SELECT object_key, content_type, state FROM media WHERE id = $1"
_DONE = "UPDATE media SET state = $2, state_reason = $3 WHERE id = $1 AND state <> 'ready'"
_KNOWN = "SELECT object_key FROM media WHERE object_key = ANY($1)"


@job(service.DERIVE)
async def derive(media_id: str) -> None:
    """Make the variants of one photo; a file that none can be made from is marked as failed."""
    rows = await db.hot(_ROW, UUID(media_id))
    if not rows or rows[0]["state"] != State.PENDING:
        return
    key, content_type = rows[0]["object_key"], rows[0]["content_type"]
    content = await store.get(service.original(key))
    try:
        made = await beside(variants, content, content_type, settings().max_photo_pixels)
    except Exception as error:  # decoders and encoders raise whatever they please
        log.warning("no variants", media=media_id, error=repr(error))
        await db.hot(_DONE, UUID(media_id), State.FAILED, str(error) or type(error).__name__)
        return
    for name, picture in made.items():
        await store.put(service.variant(key, name), picture)
    await db.hot(_DONE, UUID(media_id), State.READY, None)


@periodic("media.sweep_abandoned", "53 3 * * *")
async def sweep_abandoned() -> None:
    """Remove objects whose upload never became a row: the folders of some days ago."""
    today = datetime.now(UTC).date()
    for age in ABANDONED_DAYS:
        async for keys in store.list_(store.day_prefix(today - timedelta(days=age))):
            folders = {key: key.rpartition("/")[0] for key in keys}
            rows = await db.hot(_KNOWN, sorted(set(folders.values())))
            known = {row["object_key"] for row in rows}
            gone = [key for key, folder in folders.items() if folder not in known]
            if gone:
                await store.delete(gone)
                log.info("removed abandoned objects", count=len(gone))
