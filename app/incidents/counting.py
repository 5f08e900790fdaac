"""How many cases a list would show: counted in no order, so that any index may answer."""

from functools import lru_cache

from sqlalchemy import func, literal_column, select

from app import db
from app.auth import Actor
from app.incidents import listing, walks
from app.incidents.filter_schemas import CountOut, IncidentShown
from app.incidents.listing import CONDITIONS, Shape
from app.incidents.models import Incident
from app.incidents.queries import visible

MOST = 10_000


async def up_to_most(actor: Actor, which: IncidentShown) -> CountOut:
    """How many, where more than 10,000 need not be told apart."""
    found = await _count(actor, which, MOST + 1)
    return CountOut(count=min(found, MOST), exact=found <= MOST)


async def exact(actor: Actor, which: IncidentShown) -> int:
    """How many, however long that takes."""
    return await _count(actor, which, None)


async def _count(actor: Actor, which: IncidentShown, most: int | None) -> int:
    shape, values = await listing.asked(actor, which, None)
    found: int = (await _statement(shape, most).fetch(values, planned=True))[0]["found"]
    return found


@lru_cache(maxsize=1024)
def _statement(shape: Shape, most: int | None) -> db.Compiled:
    conditions = [CONDITIONS[name] for name in CONDITIONS if name in shape.names]
    if "area" in shape.ways:
        conditions.append(Incident.area_code.in_(walks.areas_of_filter()))
    some = select(Incident.id).where(visible(shape.scope), *conditions)
    if most is not None:
        some = some.limit(literal_column(str(most)))
    return db.compiled(select(func.count().label("found")).select_from(some.subquery()))
