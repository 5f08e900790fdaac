"""Who reported a matter: the case's own reporter and those of all cases merged into it.

Who they are is for the centre, which merges cases; others learn how many there are, and find
themselves.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Actor
from app.incidents import queries
from app.incidents.clock_schemas import ReporterList, ReporterOut
from app.incidents.models import Incident
from app.people.models import Account
from app.permissions import Permission


async def of_case(session: AsyncSession, actor: Actor, incident_id: UUID) -> ReporterList:
    """In the order in which they reported, as far as the actor may know them."""
    incident = await queries.get(session, actor, incident_id)
    merged = select(Incident.id).where(Incident.id == incident.id).cte("merged", recursive=True)
    merged = merged.union(select(Incident.id).join(merged, Incident.merged_into == merged.c.id))
    rows = await session.execute(
        select(
            Incident.id.label("incident_id"),
            Incident.number,
            Incident.reporter_id.label("account_id"),
            Account.name,
            Incident.source,
            Incident.reported_at,
        )
        .join(merged, merged.c.id == Incident.id)
        .outerjoin(Account, Account.id == Incident.reporter_id)
        .order_by(Incident.reported_at, Incident.id)
    )
    everybody = [ReporterOut.model_validate(row) for row in rows]
    if actor.may(Permission.INCIDENT_MERGE):
        return ReporterList(count=len(everybody), items=everybody)
    own = [reporter for reporter in everybody if reporter.account_id == actor.id]
    return ReporterList(count=len(everybody), items=own)
