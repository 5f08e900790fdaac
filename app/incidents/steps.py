"""One step of a case: the new version, and the fact that tells of it and of what it changed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.incidents.models import Fact, Incident
from app.incidents.states import ENDED

NEVER_CHANGED = frozenset(
    {
        "id", "number", "version", "moved_version", "updated_at", "fingerprint", "description",
        "address", "source", "place", "raw_lon", "raw_lat", "raw_crs", "accuracy_metres",
        "captured_at", "reported_at", "reporter_id", "answers",
    }
)  # fmt: skip
"""Columns that no step changes, that every step changes, or (`place`) that are told in its data."""
FOLDED = tuple(
    column.name for column in Incident.__table__.columns if column.name not in NEVER_CHANGED
)
"""Columns of a case that its facts, folded, must give."""


def snapshot(incident: Incident) -> dict[str, Any]:
    """The case before a step."""
    return {name: getattr(incident, name) for name in FOLDED}


def plain(value: Any) -> Any:
    """A column's value as a fact keeps it."""
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def changes(before: Mapping[str, Any], incident: Incident) -> dict[str, Any]:
    """The columns that have another value now."""
    now = snapshot(incident)
    return {name: plain(now[name]) for name in FOLDED if now[name] != before[name]}


def write(
    incident: Incident,
    before: Mapping[str, Any],
    kind: str,
    *,
    by: UUID,
    at: datetime,
    data: Mapping[str, Any],
    moved: bool = True,
) -> Fact:
    """The fact of a step; `moved` is false for what the clock does by itself."""
    incident.version += 1
    incident.updated_at = at
    if moved:
        incident.moved_version = incident.version
    if incident.status in ENDED:
        incident.ended_at = incident.ended_at or at
    else:
        incident.ended_at = None
    return Fact(
        incident_id=incident.id,
        version=incident.version,
        kind=kind,
        status=incident.status,
        actor_id=by,
        at=at,
        data=dict(data),
        changes=changes(before, incident),
    )
