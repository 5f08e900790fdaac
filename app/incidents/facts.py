"""The fact log: a case's history, and everybody's by cursor in commit order."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Text, Uuid, bindparam, cast, func, select, text

from app import db, pages
from app.auth import Actor
from app.incidents import queries
from app.incidents.models import Fact, Incident
from app.incidents.queries import Scope, scope_of, scope_values, visible
from app.people.models import Account

_FIELDS = ("id", "incident_id", "version", "kind", "status", "actor_id", "at", "data")


def form(fact: Any) -> Any:
    """A fact with its actor's name, from the table or from a window on it."""
    pairs = [part for name in _FIELDS for part in (name, fact[name])]
    return func.json_build_object(*pairs, "actor_name", Account.name)


def _json(fact: Any) -> Any:
    return cast(form(fact), Text).label("body")


@lru_cache
def _of_case(scope: Scope) -> db.Compiled:
    fact = Fact.__table__.c
    return db.compiled(
        select(_json(fact))
        .select_from(Fact)
        .join(Incident, Incident.id == fact.incident_id)
        .outerjoin(Account, Account.id == fact.actor_id)
        .where(fact.incident_id == bindparam("id", type_=Uuid()), visible(scope))
        .order_by(fact.version)
    )


async def of_case(actor: Actor, incident_id: UUID) -> bytes:
    """All facts of a case, oldest first, as JSON (`FactList`)."""
    rows = await _of_case(scope_of(actor)).fetch({**scope_values(actor), "id": incident_id})
    if not rows:
        raise queries.absent(incident_id)
    return b'{"items":[' + ",".join(row["body"] for row in rows).encode() + b"]}"


def behind(limit: Any) -> Any:
    """A window on the log: what follows a cursor, if its transaction has ended."""
    after = text("(fact.xid, fact.id) > (CAST(:xid AS text)::xid8, :id)").bindparams(
        bindparam("xid", type_=Text()), bindparam("id", type_=BigInteger())
    )
    settled = text("fact.xid < pg_snapshot_xmin(pg_current_snapshot())")
    chosen = select(Fact).where(after, settled).order_by(Fact.xid, Fact.id)
    return chosen.limit(limit).subquery()


@lru_cache
def _log(scope: Scope) -> db.Compiled:
    """Facts behind a cursor whose transactions have all ended.

    The window is cut before visibility is applied, so that a narrow view still moves on.
    """
    window = behind(bindparam("limit", type_=Integer()))
    seen = select(Incident.id).where(Incident.id == window.c.incident_id, visible(scope)).exists()
    return db.compiled(
        select(
            cast(window.c.xid, Text).label("xid"),
            window.c.id,
            _json(window.c),
            seen.label("visible"),
        )
        .outerjoin(Account, Account.id == window.c.actor_id)
        .order_by(window.c.xid, window.c.id)
    )


async def log(actor: Actor, after: str | None, limit: int) -> bytes:
    """Facts in commit order behind a cursor, as JSON (`FactPage`)."""
    xid, last = pages.decode(after, str, int) or ("0", 0)
    values = {**scope_values(actor), "xid": pages.digits(xid), "id": last, "limit": limit}
    rows = await _log(scope_of(actor)).fetch(values)
    if rows:
        xid, last = rows[-1]["xid"], rows[-1]["id"]
    more = b"true" if len(rows) == limit else b"false"
    items = ",".join(row["body"] for row in rows if row["visible"]).encode()
    cursor = pages.encode(xid, last).encode()
    return b'{"items":[' + items + b'],"next":"' + cursor + b'","more":' + more + b"}"
