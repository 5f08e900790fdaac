"""Cases by what happened to them: a kind of fact in a period, and which unit had them then."""

from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, Text, Uuid, bindparam, cast, select
from sqlalchemy.orm import aliased

from app.incidents.models import Fact, Incident

UNTIL = bindparam("step_to", type_=DateTime(True))
_STEPS: Select[Any] = select(Fact.incident_id).where(
    Fact.kind == bindparam("step", type_=Text()),
    Fact.at >= bindparam("step_from", type_=DateTime(True)),
    Fact.at < UNTIL,
)


def happened() -> ColumnElement[bool]:
    """Whether a case had such a step; that is never earlier than its report."""
    return Incident.id.in_(_STEPS) & (Incident.reported_at < UNTIL)


def with_unit() -> ColumnElement[bool]:
    """Whether it had such a step while a unit had it, or as the last one had had it."""
    earlier = aliased(Fact)
    unit = earlier.changes["unit_id"].astext
    last = (
        select(unit)
        .where(
            earlier.incident_id == Fact.incident_id,
            earlier.version <= Fact.version,
            unit.is_not(None),
        )
        .order_by(earlier.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = cast(bindparam("step_unit", type_=Uuid()), Text)
    return Incident.id.in_(_STEPS.where(last == wanted))
