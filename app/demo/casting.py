"""Who plays what in the demonstration: its own people, where they work, and the usual matters."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select

from app import db
from app.auth import Actor, actor_by_id
from app.demo import city, people
from app.demo.scenario import ADDRESSES, ON_THE_SPOT, PICTURED, SEEN, SOURCES, WAITING
from app.incidents.states import Source
from app.media.models import Stage
from app.people.models import Account, Post, Unit
from app.permissions import Role
from app.simulation.casting import Casting
from app.simulation.city import City
from app.simulation.people import DESKS, Cast, Crew
from app.simulation.play import SOON, Do, Play, Steps
from app.simulation.stories import LATE, OUTSIDE, STORIES

A_DAY = timedelta(days=1)
DAY_BEGINS, DAY_ENDS = timedelta(hours=7), timedelta(hours=19)
PLAIN_SHARE, LAST_SHARE = 0.8, 0.3
COMMUNITY_DIGITS = 12
"""Of a cell's code: those of its community."""
ENDED_AT_MOST = 100_000
"""Numbers of plays above this are those of cases that wait."""


@dataclass(frozen=True, slots=True)
class Troupe:
    """Everybody, and the steward of each community by its code."""

    cast: Cast
    stewards: Mapping[str, Actor]


async def gather() -> Troupe:
    """The demo's own people at the desks and in the units."""
    async with db.transaction() as session:
        accounts = {
            row.username: row.id
            for row in await session.execute(select(Account.username, Account.id))
        }
        units = (await session.scalars(select(Unit).where(Unit.code.in_(city.UNITS)))).all()
        placed = select(Post.place_code, Post.account_id).where(
            Post.duty == Role.STEWARD, Post.place_code != ""
        )
        posts = {row.place_code: row.account_id for row in await session.execute(placed)}
    stewards = {code: await actor_by_id(account) for code, account in posts.items()}
    desks: dict[Role, Sequence[Actor]] = {
        role: [await actor_by_id(accounts[people.login(role, n).username]) for n in (1, 2)[:count]]
        for role, (count, _) in DESKS.items()
        if role is not Role.STEWARD
    }
    crews = {unit.id: await _crew(unit, accounts) for unit in units}
    return Troupe(Cast({**desks, Role.STEWARD: list(stewards.values())}, crews), stewards)


async def _crew(unit: Unit, accounts: Mapping[str, UUID]) -> Crew:
    one, two, head = [await actor_by_id(accounts[person.username]) for person in people.crew(unit)]
    return Crew(unit.id, (one, two), head)


class Rota(Casting):
    """Days of cases that go the whole way, and an hour like this one with cases that wait."""

    def __init__(self, troupe: Troupe, sample: City, seed: str) -> None:
        super().__init__(troupe.cast, sample, seed)
        self._stewards, self._rng = troupe.stewards, Random(seed)  # noqa: S311 - a play
        self._spots = sorted(sample.spots, key=lambda spot: spot.cell)
        self._usual = [matter for matter in sample.matters if matter.condition in SEEN]

    def ended(self, begins: datetime, ends: datetime, cases: int) -> Iterator[tuple[Play, Steps]]:
        """Every story once on the day before the last one, the others mostly plain, ever more."""
        day = ends.replace(hour=0, minute=0, second=0, microsecond=0) - A_DAY
        for number in range(cases):
            name = self._rng.choice(list(STORIES)) if self._rng.random() > PLAIN_SHARE else "plain"
            at = self._moment(begins, ends)
            if number < len(STORIES):
                name, at = list(STORIES)[number], self._moment(day, day + DAY_ENDS)
            play = self.play(number, name, at)
            yield play, _told(play, after="")

    def waiting(self, begins: datetime, ends: datetime, cases: int) -> Iterator[tuple[Play, Steps]]:
        """Cases that wait where the scenario says, with their last step some minutes ago."""
        total, number = sum(one.share for one in WAITING), ENDED_AT_MOST
        for one in WAITING:
            for _ in range(max(1, round(one.share * cases / total))):
                number += 1
                play = self.play(number, one.story, ends)
                minutes = _minutes(play, self.cast, one.after) + self._rng.uniform(*one.wait)
                play.at = max(begins, ends - timedelta(minutes=minutes))
                yield play, _told(play, one.after)

    def play(self, number: int, name: str, at: datetime) -> Play:
        """A usual matter, reported by the steward of the place or over the centre's telephone."""
        play = super().play(number, name, at)
        rng, late = play.rng, name in LATE
        if name not in OUTSIDE:
            play.spot = self._spots[int(rng.triangular(0, len(self._spots), 0))]
        known = [matter for matter in self._usual if matter.quick or not late]
        play.matter = rng.choices(known, [SEEN[matter.condition][0] for matter in known])[0]
        play.description = rng.choice(SEEN[play.matter.condition][1])
        play.address = f"{play.spot.name.split('-')[0]}{rng.choice(ADDRESSES)}"
        play.source = rng.choices(list(SOURCES), list(SOURCES.values()))[0]
        if name in ON_THE_SPOT:
            play.source = Source.STEWARD
        play.reporter = self._reporter(play)
        others = [steward for steward in self._stewards.values() if steward != play.reporter]
        play.other_steward = rng.choice(others)
        return play

    def _reporter(self, play: Play) -> Actor:
        if play.source is not Source.STEWARD:
            return play.rng.choice(self.cast.desks[Role.ACCEPTOR])
        found = self._stewards.get(play.spot.cell[:COMMUNITY_DIGITS])
        return found or play.rng.choice(list(self._stewards.values()))

    def _moment(self, begins: datetime, ends: datetime) -> datetime:
        """In working hours: of the last day, or of one before, the latest ones first."""
        days = int((ends - begins) / A_DAY)
        while True:
            before = self._rng.random() > LAST_SHARE
            day = int(self._rng.triangular(0, days, days)) if before else days
            within = DAY_BEGINS + (DAY_ENDS - DAY_BEGINS) * self._rng.random()
            if begins + A_DAY * day + within < ends:
                return begins + A_DAY * day + within


def _told(play: Play, after: str | None) -> Steps:
    """A story with its first picture, as far as one of its moves; "": to its end."""
    if play.source in PICTURED:
        yield play.shoot("reporter", Stage.REPORT, within=SOON)
    if after is None:
        return
    for step in STORIES[play.name](play):
        yield step
        if isinstance(step, Do) and step.move == after and step.refused is None:
            return


def _minutes(play: Play, cast: Cast, after: str | None) -> float:
    """How long a story takes as far as one of its moves: it is told once without being played."""
    again = replace(play, rng=deepcopy(play.rng), crews=list(cast.crews.values()))
    return sum(step.minutes for step in _told(again, after))
