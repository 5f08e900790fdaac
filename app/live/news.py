"""What is new in the fact log, each fact with its case as it stands and who may see it."""

from functools import lru_cache
from typing import Any

from asyncpg import Record
from sqlalchemy import Text, and_, case, cast, func, literal_column, select

from app import db, pages
from app.auth import Actor
from app.incidents import facts
from app.incidents.jobs import NEWEST
from app.incidents.queries import OUT, Scope, scope_of, scope_values, visible
from app.live.sight import Sight
from app.people.models import Account

Place = tuple[int, int]
"""Where a reader of the log stands: transaction and number of the last fact read."""
START: Place = (0, 0)
AT_ONCE = 200
EVERYTHING = Scope(everywhere=True, no_cell=True)
_REACH = """
SELECT
  EXISTS (SELECT FROM fact WHERE (xid, id) >= ($1::text::xid8, $2)) AS known,
  EXISTS (
    SELECT FROM fact WHERE (xid, id) > ($1::text::xid8, $2) ORDER BY fact.xid, id OFFSET $3
  ) AS far
"""


@lru_cache
def _statement(scope: Scope) -> db.Compiled:
    """Cases come in through the join, so that what is not seen is not written out either.

    How many come is written into the statement: a parameter counts as a tenth of the log.
    """
    window = facts.behind(literal_column(str(AT_ONCE)))
    seen = and_(OUT.c.id == window.c.incident_id, visible(scope, OUT.c))
    named = Account.id == window.c.actor_id
    both = func.json_build_object("fact", facts.form(window.c), "incident", OUT.c.body)
    return db.compiled(
        select(
            cast(window.c.xid, Text).label("xid"),
            window.c.id,
            cast(case((OUT.c.id.is_not(None), both)), Text).label("body"),
            *(OUT.c[name] for name in Sight._fields),
        )
        .select_from(window.outerjoin(OUT, seen).outerjoin(Account, named))
        .order_by(window.c.xid, window.c.id)
    )


async def behind(place: Place, actor: Actor | None = None) -> list[Record]:
    """The next facts behind a place; `body` is null where the actor does not see the case."""
    scope = scope_of(actor) if actor else EVERYTHING
    values: dict[str, Any] = scope_values(actor) if actor else {}
    return await _statement(scope).fetch({**values, "xid": str(place[0]), "id": place[1]})


async def end() -> Place:
    """Where the log ends for whoever reads it in commit order."""
    rows = await db.hot(NEWEST)
    return place_of(rows[0]) if rows else START


async def within_reach(place: Place, most: int) -> bool:
    """Whether a place is one of this log, with at most so many facts behind it."""
    (row,) = await db.hot(_REACH, str(place[0]), place[1], most)
    return (row["known"] or place == START) and not row["far"]


def place_of(row: Record) -> Place:
    """The place of a fact."""
    return int(row["xid"]), row["id"]


def cursor(place: Place) -> str:
    """The same as that of a page of the log."""
    return pages.encode(str(place[0]), place[1])


def read(text: str) -> Place:
    """The place that a cursor stands for; a damaged one is the caller's mistake."""
    xid, last = pages.decode(text, str, int) or ("0", 0)
    return int(pages.digits(xid)), last


def frame(name: str, place: Place, body: str) -> bytes:
    """An event as it travels: one line of data, because a fact's own JSON may hold line ends."""
    data = body.replace("\r", " ").replace("\n", " ")
    return f"id: {cursor(place)}\nevent: {name}\ndata: {data}\n\n".encode()
