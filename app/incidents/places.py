"""Where is that? Areas and cells by name or code, and addresses that reports have named before."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    Float,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from app import db
from app.auth import Actor
from app.filters import escaped
from app.grids.models import Area, Cell
from app.incidents.models import WORDS, Incident
from app.incidents.queries import Scope, scope_of, scope_values, visible
from app.incidents.schemas import PlaceList, PlaceOut, PlaceSearch
from app.spatial import inside, latitude, longitude

NEWEST, FOUND = 5000, 2000
"""Reports that are looked through for a short word, and those that an index finds for a longer."""
A_TRIGRAM = 3
IN_A_ROW = 3
"""So many of a kind, then the other kinds have their turn: a quarter's cells bear its name all."""
BEGINS = bindparam("begins", type_=Text())
CONTAINS = bindparam("contains", type_=Text())
LENGTH = bindparam("length", type_=Integer())
LIMIT = bindparam("limit", type_=Integer())


async def search(actor: Actor, asked: PlaceSearch) -> PlaceList:
    """What fits best first: the whole name, then the name that the words are most of."""
    words = asked.q.split()
    short = max(map(len, words)) < A_TRIGRAM
    values = {
        **scope_values(actor),
        "begins": escaped(asked.q) + "%",
        "contains": f"%{'%'.join(map(escaped, words))}%",
        "length": len(asked.q),
        "limit": asked.limit,
    }
    rows = await _statement(scope_of(actor), short).fetch(values, planned=True)
    return PlaceList(items=[PlaceOut.model_validate({**row}) for row in rows])


@lru_cache
def _statement(scope: Scope, short: bool) -> db.Compiled:
    parts = (_named(Area), _named(Cell), _addresses(scope, short))
    every = union_all(*(select(part) for part in parts)).subquery()
    fit = (every.c.score.desc(), every.c.rank, every.c.name, every.c.code)
    place = func.row_number().over(partition_by=every.c.kind, order_by=fit)
    order = (every.c.score < 1, (place - 1) // IN_A_ROW, *fit)
    return db.compiled(select(every).order_by(*order).limit(LIMIT))


def _score(text: Any) -> Any:
    return cast(LENGTH, Float) / func.greatest(func.char_length(text), 1)


def _named(table: type[Area] | type[Cell]) -> CTE:
    """Areas, or cells, whose code begins with the words or whose name holds them."""
    by_code, by_name = table.code.like(BEGINS), table.name.like(CONTAINS)
    score = func.greatest(
        case((by_code, _score(table.code)), else_=0), case((by_name, _score(table.name)), else_=0)
    ).label("score")
    found = (
        select(table.code, table.name, table.area, score)
        .where(table.valid_to.is_(None), by_code | by_name)
        .order_by(score.desc(), table.code)
        .limit(LIMIT)
        .subquery()
    )
    kind, rank = ("area", 0) if table is Area else ("cell", 1)
    at = inside(found.c.area)
    return select(
        literal_column(f"'{kind}'").label("kind"),
        literal_column(str(rank)).label("rank"),
        found.c.code,
        found.c.name,
        cast(null(), Text).label("address"),
        longitude(at).label("lon"),
        latitude(at).label("lat"),
        found.c.score,
    ).cte(kind)


def _reports(scope: Scope, short: bool) -> Select[Any]:
    """Reports that name such an address: an index finds three letters in a row, not fewer."""
    if not short:
        chosen = select(Incident).where(WORDS.ilike(CONTAINS), Incident.address.ilike(CONTAINS))
        return chosen.where(visible(scope)).limit(FOUND)
    newest = select(Incident).order_by(Incident.reported_at.desc(), Incident.id.desc())
    window = newest.limit(NEWEST).subquery()
    return select(window).where(visible(scope, window.c), window.c.address.ilike(CONTAINS))


def _addresses(scope: Scope, short: bool) -> CTE:
    """Each address once, at the place of its newest report."""
    rows = _reports(scope, short).subquery().c
    newest = (
        select(rows.address, rows.place)
        .ext(distinct_on(rows.address))
        .order_by(rows.address, rows.reported_at.desc())
        .subquery()
        .c
    )
    score = _score(newest.address).label("score")
    return (
        select(
            literal_column("'address'").label("kind"),
            literal_column("2").label("rank"),
            cast(null(), Text).label("code"),
            newest.address.label("name"),
            newest.address,
            longitude(newest.place).label("lon"),
            latitude(newest.place).label("lat"),
            score,
        )
        .order_by(score.desc(), newest.address)
        .limit(LIMIT)
        .cte("address")
    )
