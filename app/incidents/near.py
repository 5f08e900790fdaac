"""What lies near: cases of the same class within metres and hours."""

from functools import lru_cache

from sqlalchemy import Double, Text, and_, bindparam, cast, func, select

from app import db
from app.auth import Actor
from app.coordinates import to_storage
from app.incidents.models import Incident
from app.incidents.queries import OUT, Scope, scope_of, scope_values, visible
from app.incidents.schemas import Nearby
from app.spatial import metres_between, point, within_metres

MOST = 50


@lru_cache
def _statement(scope: Scope) -> db.Compiled:
    """The class and the hours cut first, by index; the distance is measured on what is left."""
    here = point(bindparam("lon", type_=Double()), bindparam("lat", type_=Double()))
    since = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, bindparam("seconds", type_=Double()))
    near = (
        select(Incident.id, metres_between(Incident.place, here).label("metres"))
        .where(
            Incident.category_code == bindparam("category", type_=Text()),
            Incident.reported_at >= since,
            within_metres(Incident.place, here, bindparam("metres", type_=Double())),
            visible(scope),
        )
        .order_by("metres", Incident.id)
        .limit(MOST)
        .subquery()
    )
    item = func.json_build_object("incident", OUT.c.body, "metres", near.c.metres)
    return db.compiled(
        select(cast(item, Text).label("body"))
        .join(near, and_(OUT.c.id == near.c.id))
        .order_by(near.c.metres, near.c.id)
    )


async def page(actor: Actor, where: Nearby) -> bytes:
    """At most 50 cases, nearest first, as JSON (`NearbyList`)."""
    lon, lat = to_storage(where.lon, where.lat, where.crs)
    asked = {
        "lon": lon,
        "lat": lat,
        "category": where.category,
        "metres": where.metres,
        "seconds": where.hours * 3600,
    }
    rows = await _statement(scope_of(actor)).fetch({**scope_values(actor), **asked})
    return b'{"items":[' + ",".join(row["body"] for row in rows).encode() + b"]}"
