"""Who sees a case: the twin in Python of `incidents.queries.visible`, for events that fan out."""

from typing import NamedTuple
from uuid import UUID

from app.auth import Actor
from app.permissions import Permission


class Sight(NamedTuple):
    """The columns of a case that decide who sees it."""

    area_code: str | None
    cell_code: str | None
    cell_id: UUID | None
    unit_id: UUID | None
    reporter_id: UUID
    parties: list[UUID]


def sees(actor: Actor, case: Sight) -> bool:
    """Whether an actor sees a case: place, unit, own reports, a part in it, or nowhere at all."""
    return (
        actor.everywhere
        or case.area_code in actor.areas
        or case.area_code in actor.places
        or case.cell_code in actor.places
        or case.unit_id in actor.units
        or case.reporter_id == actor.id
        or actor.id in case.parties
        or not actor.units.isdisjoint(case.parties)
        or (case.cell_id is None and actor.may(Permission.INCIDENT_PLACE))
    )
