"""Who plays what: each case's story, place, matter and people, drawn from a seed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from app.auth import Actor
from app.incidents.states import Source
from app.permissions import Role
from app.simulation.city import City
from app.simulation.people import Cast, Crew
from app.simulation.play import Play, Steps
from app.simulation.stories import LATE, OUTSIDE, REPEATS, STORIES

OPENS, LAST = timedelta(hours=7), timedelta(hours=18)
FIRST_ONES = timedelta(hours=2)
"""Within which every story begins once."""
PLAIN_SHARE, SLOW_SHARE = 0.6, 0.12
BY_DATA_SHARE = 0.85
"""How often the dispatcher follows the data."""
RECENT = timedelta(minutes=40)
_ROLES: Mapping[str, tuple[Role, int]] = {
    "acceptor": (Role.ACCEPTOR, 0),
    "acceptor2": (Role.ACCEPTOR, 1),
    "supervisor": (Role.SUPERVISOR, 0),
    "supervisor2": (Role.SUPERVISOR, 1),
    "dispatcher": (Role.DISPATCHER, 0),
    "dispatcher2": (Role.DISPATCHER, 1),
    "evaluator": (Role.EVALUATOR, 0),
    "leader": (Role.LEADER, 0),
}


class Casting:
    """Draws plays, and tells who speaks in them."""

    def __init__(self, cast: Cast, city: City, seed: str) -> None:
        self.cast, self._city, self._seed = cast, city, seed
        self._plain: list[Play] = []

    def plays(self, begins: datetime, cases: int) -> Iterator[tuple[Play, Steps]]:
        """Every story once in the morning, then mostly plain ones through the day."""
        rng, names = Random(self._seed), list(STORIES)  # noqa: S311 - a play
        for number in range(cases):
            if number < len(names):
                name, at = names[number], OPENS + FIRST_ONES * number / len(names)
            else:
                plain = rng.random() < PLAIN_SHARE
                name = names[0] if plain else rng.choice(names)
                at = OPENS + (LAST - OPENS) * rng.random()
            play = self.play(number, name, begins + at)
            yield play, STORIES[name](play)

    def play(self, number: int, name: str, at: datetime) -> Play:
        """One case of a story that is reported at a moment."""
        rng = Random(f"{self._seed}:{number}")  # noqa: S311 - a play
        one, other = rng.sample(self.cast.desks[Role.STEWARD], 2)
        late = name in LATE
        spot = self._city.outside if name in OUTSIDE else rng.choice(self._city.spots)
        matter = rng.choice(self._city.quick if late else self._city.matters)
        return Play(
            number,
            name,
            rng,
            spot,
            matter,
            reporter=one,
            other_steward=other,
            pace=2.5 if rng.random() < SLOW_SHARE and not late else rng.uniform(0.6, 1.2),
            at=at,
            source=rng.choice((Source.STEWARD, Source.STEWARD, Source.HOTLINE)),
            description=f"{spot.name}附近：{matter.name}",
        )

    def prepare(self, play: Play) -> None:
        """Before a case is reported: whether it repeats another one."""
        if play.name == "plain":
            self._plain.append(play)
        elif play.name in REPEATS:
            recent = [one for one in self._plain if one.stands and play.at - one.at < RECENT]
            if recent:
                play.main = recent[-1]
                play.spot, play.matter = play.main.spot, play.main.matter
                play.description, play.address = play.main.description, play.main.address

    def settle(self, play: Play) -> None:
        """Once it is reported: its crews, the owner by the data first or not."""
        crews, rng = list(self.cast.crews.values()), Random(f"{self._seed}:{play.number}:crews")  # noqa: S311
        rng.shuffle(crews)
        owner = play.told["owner"] and play.told["owner"]["id"]
        if rng.random() < BY_DATA_SHARE:
            crews.sort(key=lambda crew: str(crew.unit_id) != owner)
        play.crews = crews

    def actor(self, play: Play, who: str) -> Actor:
        """Who is meant by a word of a story."""
        if who == "reporter":
            return play.reporter
        if who in _ROLES:
            role, turn = _ROLES[who]
            people = self.cast.desks[role]
            return people[(play.number + turn) % len(people)]
        return _of_crew(play, who)


def _of_crew(play: Play, who: str) -> Actor:
    crew: Crew = play.crews[1] if who == "co_handler" else play.crew
    if who == "head":
        return crew.head
    return crew.handlers[who == "handler2"]
