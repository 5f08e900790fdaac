"""Cases of the demonstration: some days that ended, and a centre in the middle of its work."""

from collections.abc import Callable
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import exists, select

from app import db
from app.config import settings
from app.demo import casting, city
from app.incidents import watch
from app.incidents.models import Incident
from app.simulation.city import read
from app.simulation.day import Day, Outcome

SPOTS = 400
OPEN, ENDED, DAYS = 150, 80, 6
"""What `demo load` makes: so many cases that wait, so many that ended, in so many days."""
LOOK_EVERY = casting.A_DAY / 24


async def any_yet() -> bool:
    """Whether there are cases already."""
    async with db.transaction() as session:
        return bool(await session.scalar(select(exists(select(Incident.id)))))


async def make(waiting: int, ended: int, days: int, seen: Callable[[int], Any]) -> Outcome:
    """Play the last days up to this moment; nobody else watches the clocks meanwhile."""
    city.only_in_a_demo()
    ends = datetime.now(settings().zone)
    begins = ends.replace(hour=0, minute=0, second=0, microsecond=0) - days * casting.A_DAY
    seed = f"demo:{ends}"
    rota = casting.Rota(await casting.gather(), await read(SPOTS, 1), seed)
    plays = chain(rota.ended(begins, ends, ended), rota.waiting(begins, ends, waiting))
    async with watch.holding():
        return await Day(rota, begins, ends, LOOK_EVERY).run(plays, seen)
