"""A day by virtual time: the next planned step of any case, with the watcher looking in between."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any
from uuid import UUID

import orjson

from app import db
from app.auth import Actor
from app.config import settings
from app.coordinates import Crs
from app.incidents import announce, evidence, intake, service, watch
from app.incidents.schemas import IncidentReport
from app.incidents.states import Source
from app.incidents.workflow import MOVES
from app.media.service import NewFile
from app.problems import AppError
from app.simulation import scenes
from app.simulation.casting import Casting
from app.simulation.play import Do, Play, Shoot, Steps

LOOK_EVERY = timedelta(minutes=5)
DECIDING = {"verify-result": "verify", "check-result": "check", "decide": "decide"}
"""Addresses that several moves share, as `service.act` knows them."""

_ASSIGNEE = "SELECT assignee_id FROM task WHERE incident_id = $1 AND ended_at IS NULL"


@dataclass(frozen=True, slots=True)
class Surprise:
    """A step that did not go as its story says; the story ends there."""

    story: str
    number: str
    step: str
    words: str


@dataclass(slots=True)
class Outcome:
    """What a day was."""

    begins: datetime
    ends: datetime
    cases: list[UUID] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    surprises: list[Surprise] = field(default_factory=list)
    watched: Counter[str] = field(default_factory=Counter)
    announced: int = 0


class Day:
    """The planned steps in order of time, and the photos that were taken so far."""

    def __init__(self, casting: Casting, on: date) -> None:
        zone = settings().zone
        self.outcome = Outcome(
            datetime.combine(on, time(), zone),
            datetime.combine(on + timedelta(days=1), time(), zone),
        )
        self._casting = casting
        self._looked = self.outcome.begins
        self._planned: list[tuple[datetime, int, Play, Steps, Do | Shoot | None]] = []
        self._photos: list[bytes] = []

    async def run(self, cases: int, seen: Callable[[int], Any]) -> Outcome:
        """From midnight to midnight; `seen` is told of every case that is done for the day."""
        await announce.begin()
        for play, steps in self._casting.plays(self.outcome.begins, cases):
            heappush(self._planned, (play.at, play.number, play, steps, None))
        while self._planned:
            at, _, play, steps, step = heappop(self._planned)
            if at >= self.outcome.ends:
                seen(1)
                continue
            await self._pass_time(at)
            play.at = at
            goes_on = await self._made(play, step)
            if not goes_on or not self._plan(play, steps):
                seen(1)
        await self._pass_time(self.outcome.ends)
        return self.outcome

    def _plan(self, play: Play, steps: Steps) -> bool:
        """Whether the story has another step."""
        step = next(steps, None)
        if step is None:
            return False
        at = play.at + timedelta(minutes=step.minutes)
        heappush(self._planned, (at, play.number, play, steps, step))
        return True

    async def _pass_time(self, until: datetime) -> None:
        """What the worker does meanwhile: lights, deadlines, ladders, notices."""
        while self._looked + LOOK_EVERY <= until:
            self._looked += LOOK_EVERY
            self.outcome.watched.update(await watch.look(self._looked))
            while read := await announce.read_on():
                self.outcome.announced += read

    async def _made(self, play: Play, step: Do | Shoot | None) -> bool:
        """Whether a step went as the story says."""
        expected = step.refused if isinstance(step, Do) else None
        try:
            await self._make(play, step)
        except AppError as error:
            if expected is not None and isinstance(error, expected):
                self.outcome.refusals[error.slug] += 1
                return True
            return self._surprised(play, step, str(error.problem("en")))
        if expected is not None:
            return self._surprised(play, step, f"was not refused with {expected.slug}")
        return True

    def _surprised(self, play: Play, step: Do | Shoot | None, words: str) -> bool:
        told = f"{step.who}: {step.move}" if isinstance(step, Do) else str(step or "report")
        number = str(play.told.get("number", "-"))
        self.outcome.surprises.append(Surprise(play.name, number, told, words))
        return False

    async def _make(self, play: Play, step: Do | Shoot | None) -> None:
        if step is None:
            await self._report(play)
        elif isinstance(step, Shoot):
            await self._shoot(play, step)
        else:
            actor = await self._actor(play, step.who)
            name = DECIDING.get(MOVES[step.move].address, step.move)
            async with db.transaction() as session:
                play.incident = await service.act(
                    session, actor, play.id, name, step.command, at=play.at
                )

    async def _report(self, play: Play) -> None:
        self._casting.prepare(play)
        matter, spot = play.matter, play.spot
        report = IncidentReport(
            id=db.new_id(),
            category=matter.category,
            description=f"{spot.name}附近：{matter.name}",
            source=play.rng.choice((Source.STEWARD, Source.STEWARD, Source.HOTLINE)),
            lon=spot.lon,
            lat=spot.lat,
            crs=Crs.CGCS2000,
            captured_at=play.at,
            answers=dict(matter.answers),
        )
        (answer,) = await intake.report_many(play.reporter, [(report, None)], at=play.at)
        if answer.error is not None:
            raise answer.error
        play.told = orjson.loads(answer.body)
        self.outcome.cases.append(play.id)
        self._casting.settle(play)

    async def _shoot(self, play: Play, step: Shoot) -> None:
        """A new photo, or one that was in another case before."""
        actor = await self._actor(play, step.who)
        if step.old and self._photos:
            content = play.rng.choice(self._photos)
        else:
            # Not from the seed: the same day played again takes other pictures.
            rng = Random(f"{play.id}:{len(self._photos)}")  # noqa: S311 - a play
            at = play.at.astimezone(settings().zone)
            content = scenes.photo(rng, at, play.spot.lon, play.spot.lat)
            self._photos.append(content)
        file = NewFile(db.new_id(), f"{step.stage}.jpg", io.BytesIO(content))
        async with db.transaction() as session:
            await evidence.add(session, actor, play.id, step.stage, [file], at=play.at)

    async def _actor(self, play: Play, who: str) -> Actor:
        if who != "assignee":
            return self._casting.actor(play, who)
        rows = await db.hot(_ASSIGNEE, play.id)
        assignee = rows[0]["assignee_id"] if rows else None
        if assignee is None:
            return play.other_steward
        return await self._casting.cast.person(assignee)
