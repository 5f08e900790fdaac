"""The large screen's snapshot, shared for a second by all who see the same."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import orjson

from app.auth import Actor
from app.config import settings
from app.incidents import listing, rulebook
from app.incidents.filter_schemas import IncidentFilter
from app.incidents.queries import sight_of
from app.remembered import Shared
from app.tallies import gauges, queries
from app.tallies.board import TREND, Board
from app.tallies.gauges import Counted
from app.tallies.periods import Kind, Period
from app.tallies.queries import Here
from app.tallies.schemas import Link, ScreenFilter
from app.worktime.clock import Light

LISTED = 10
Snapshot = tuple[str, bytes]
"""The ETag, which the moment of reading leaves as it is, and the JSON (`Screen`)."""
_SHOWN: Shared[Snapshot] = Shared()


async def show(actor: Actor, which: ScreenFilter) -> Snapshot:
    """The screen of an area, or of all that the actor sees."""
    here = await queries.here(actor, which.area)
    return await _SHOWN.get((sight_of(actor), which), lambda: _read(actor, here, which.period))


async def _read(actor: Actor, here: Here, kind: Kind) -> Snapshot:
    now, config = datetime.now(UTC), settings()
    today = now.astimezone(config.zone).date()
    only: Link = {} if here.code is None else {"area": here.code}
    period = Period.of(kind, today)
    panels = await queries.panels(here.codes, today, period)
    at_least = (await rulebook.current()).shares.at_least
    board = Board(panels, config.zone, today, period, only)
    body = {
        "area": None if here.code is None else {"code": here.code, "name": here.name},
        "now": await _gauges(actor, here, only),
        **_panels(board, at_least),
        "ranked_from": at_least,
        "overdue": await _cases(actor, light=Light.RED, sort="due_at", **only),
        "latest": await _cases(actor, **only),
    }
    tag = blake2b(orjson.dumps(body), digest_size=12).hexdigest()
    return tag, orjson.dumps({"at": now, **body})


def _panels(board: Board, at_least: int) -> dict[str, Any]:
    return {
        "period": asdict(board.period),
        "today": board.day(board.today),
        "yesterday": board.day(board.today - timedelta(days=1)),
        "rates": {"today": board.rates(1), "days_30": board.rates(TREND)},
        "hours": board.hours(),
        "days": board.trend(),
        "sources": board.sources(),
        "classes": board.most("class", "category"),
        "areas": board.most("area", "area"),
        "units": board.units(at_least),
    }


async def _gauges(actor: Actor, here: Here, only: Link) -> dict[str, Any]:
    by_status, others = await gauges.read(actor, here.code)

    def told(counted: Counted) -> dict[str, Any]:
        return {
            name: {"count": count, "link": {**only, **link}}
            for name, (count, link) in counted.items()
        }

    return {**told(others), "by_status": told(by_status)}


async def _cases(actor: Actor, **which: Any) -> list[orjson.Fragment]:
    rows, _ = await listing.rows_of(actor, IncidentFilter(limit=LISTED, **which))
    return [orjson.Fragment(row["body"]) for row in rows]
