"""What the photos of a case prove: of which stages there are any, and whether one shows it done."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents.models import Fact, Incident
from app.media.models import Kind, Media
from app.media.models import Stage as Shot
from app.spatial import metres_between, point

SENT_ON = ("dispatch", "rework")
A_CLOCK_WRONG_BY = timedelta(hours=1)
SEEN_BEFORE = "same_photo"


@dataclass(frozen=True, slots=True)
class Photos:
    """`proves`: one from after the handling came later than the order, near the place, unseen."""

    stages: frozenset[str]
    proves: bool


async def photos_of(session: AsyncSession, incident: Incident, within_metres: float) -> Photos:
    """The photos of a case. What one does not say of time and place is not held against it.

    Where nobody was sent (handled on the spot) it may have been taken before the report. What the
    handler calls a photo of the check is none.
    """
    ordered = (
        select(func.max(Fact.at))
        .where(Fact.incident_id == incident.id, Fact.kind.in_(SENT_ON))
        .scalar_subquery()
    )
    away = metres_between(Incident.place, point(Media.lon, Media.lat))
    others = Media.uploader_id.is_distinct_from(incident.handler_id)
    checked = (Media.stage == Shot.CHECK) & others
    proves = (
        ((Media.stage == Shot.AFTER) | checked)
        & (Media.uploaded_at >= func.coalesce(ordered, incident.reported_at))
        & func.coalesce(Media.taken_at >= ordered, true())
        & func.coalesce(Media.taken_at <= Media.uploaded_at + A_CLOCK_WRONG_BY, true())
        & (func.coalesce(away, 0) <= within_metres)
        & ~Media.flags.contains([SEEN_BEFORE])
    )
    rows = await session.execute(
        select(Media.stage, func.bool_or(proves))
        .join(Incident, Incident.id == Media.incident_id)
        .where(Media.incident_id == incident.id, Media.kind == Kind.PHOTO)
        .group_by(Media.stage)
    )
    found = {stage: bool(good) for stage, good in rows}
    return Photos(frozenset(found), any(found.values()))
