"""How open cases stand now: by state, by light, and those that somebody should look at."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, cast, func, literal, select, union_all

from app import db
from app.auth import Actor
from app.filters import escaped
from app.incidents import states, walks
from app.incidents.listing import CONDITIONS
from app.incidents.models import Incident
from app.incidents.queries import Scope, scope_of, scope_values, visible
from app.incidents.waiting import QUEUES, QueueName
from app.tallies.schemas import Link

WATCHED = {"supervised": QueueName.SUPERVISED, "returned": QueueName.RETURNS}
"""Gauges that are queues of few cases: an index holds them."""
Counted = dict[str, tuple[int, Link]]


@lru_cache
def _statement(scope: Scope, of_area: bool) -> db.Compiled:
    """A row for each state with its lights, and one for each watched queue."""
    seen = [visible(scope)]
    if of_area:
        seen += [CONDITIONS["area"], Incident.area_code.in_(walks.areas_of_filter())]
    count = func.count()
    lights = select(
        Incident.status.label("name"),
        count.label("n"),
        count.filter(CONDITIONS["red"]).label("red"),
        count.filter(CONDITIONS["yellow"]).label("yellow"),
        count.filter(Incident.cell_code.is_(None)).label("no_cell"),
    )
    zero = cast(literal(0), Integer)
    queues = (
        select(literal(name), count, zero, zero, zero).where(
            QUEUES[queue].condition(Incident), *seen
        )
        for name, queue in WATCHED.items()
    )
    by_status = lights.where(CONDITIONS["open"], *seen).group_by(Incident.status)
    return db.compiled(union_all(by_status, *queues))


async def read(actor: Actor, area: str | None) -> tuple[Counted, Counted]:
    """Open cases by state, and the other gauges, each with its list."""
    values: dict[str, Any] = scope_values(actor)
    if area is not None:
        values |= {**walks.area_values(area), "area": escaped(area) + "%"}
    statement = _statement(scope_of(actor), area is not None)
    rows = {row["name"]: row for row in await statement.fetch(values, planned=True)}
    open_ = [str(status) for status in states.Status if status in states.OPEN]
    here = [rows[status] for status in open_ if status in rows]
    by_status: Counted = {
        status: (rows[status]["n"] if status in rows else 0, {"status": [status]})
        for status in open_
    }
    others: Counted = {
        "open": (sum(row["n"] for row in here), {"status": open_}),
        "red": (sum(row["red"] for row in here), {"light": "red"}),
        "yellow": (sum(row["yellow"] for row in here), {"light": "yellow"}),
        "no_cell": (sum(row["no_cell"] for row in here), {"queue": "no_cell"}),
        "suspended": by_status["suspended"],
        **{name: (rows[name]["n"], {"queue": str(queue)}) for name, queue in WATCHED.items()},
    }
    return by_status, others
