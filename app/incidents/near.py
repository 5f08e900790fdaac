"""What lies near: cases within metres and hours, of a class or of any."""

from functools import lru_cache
from math import cos, radians
from typing import Any

from sqlalchemy import Double, Text, and_, bindparam, cast, func, select

from app import db
from app.auth import Actor
from app.coordinates import to_storage
from app.filters import escaped
from app.incidents.models import Incident
from app.incidents.queries import OUT, Scope, scope_of, scope_values, visible
from app.incidents.schemas import Nearby
from app.spatial import box, in_box, metres_between, point, within_metres

MOST = 50
METRES_OF_A_DEGREE = 110_000
"""Of latitude, at least; a degree of longitude is that times the cosine."""
LEAST_COSINE = 0.01
SIDES: tuple[Any, ...] = tuple(bindparam(side, type_=Double()) for side in "wsen")


@lru_cache
def _statement(scope: Scope, of_class: bool, only_open: bool) -> db.Compiled:
    """What lies in a box is found first, or the hours of a class; then distances are measured."""
    here = point(bindparam("lon", type_=Double()), bindparam("lat", type_=Double()))
    since = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, bindparam("seconds", type_=Double()))
    wanted = [
        in_box(Incident.place, box(*SIDES)),
        Incident.reported_at >= since,
        within_metres(Incident.place, here, bindparam("metres", type_=Double())),
        visible(scope),
    ]
    if of_class:
        wanted.append(Incident.category_code.like(bindparam("category", type_=Text())))
    if only_open:
        wanted.append(Incident.ended_at.is_(None))
    near = (
        select(Incident.id, metres_between(Incident.place, here).label("metres"))
        .where(*wanted)
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


def _around(lon: float, lat: float, metres: float) -> dict[str, float]:
    """The sides of a box that holds a circle, with room to spare."""
    north = metres / METRES_OF_A_DEGREE
    east = north / max(cos(radians(lat)), LEAST_COSINE)
    return {"w": lon - east, "s": lat - north, "e": lon + east, "n": lat + north}


async def page(actor: Actor, where: Nearby) -> bytes:
    """At most 50 cases, nearest first, as JSON (`NearbyList`)."""
    lon, lat = to_storage(where.lon, where.lat, where.crs)
    asked = {
        "lon": lon,
        "lat": lat,
        "category": escaped(where.category or "") + "%",
        "metres": where.metres,
        "seconds": where.hours * 3600,
        **_around(lon, lat, where.metres),
    }
    statement = _statement(scope_of(actor), where.category is not None, where.open is True)
    rows = await statement.fetch({**scope_values(actor), **asked}, planned=True)
    return b'{"items":[' + ",".join(row["body"] for row in rows).encode() + b"]}"
