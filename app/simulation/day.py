"""A day by virtual time: the next planned step of any case, with the watcher looking in between."""

import asyncio
import io
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any
from uuid import UUID

import orjson

from app import db
from app.auth import Actor
from app.config import settings
from app.coordinates import Crs
from app.incidents import announce, evidence, intake, reader, service, watch
from app.incidents.schemas import IncidentReport
from app.incidents.workflow import MOVES
from app.media.models import Stage
from app.media.service import NewFile
from app.problems import AppError
from app.simulation import scenes
from app.simulation.casting import Casting
from app.simulation.play import Do, Play, Shoot, Steps

LOOK_EVERY = timedelta(minutes=5)
HELD_BACK_SECONDS = 60
TIDY = {Stage.AFTER, Stage.CHECK}
"""Stages of photos that show the matter done."""
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

    def __init__(
        self, casting: Casting, begins: datetime, ends: datetime, every: timedelta = LOOK_EVERY
    ) -> None:
        self.outcome = Outcome(begins, ends)
        self._casting, self._every = casting, every
        self._looked = self.outcome.begins
        self._planned: list[tuple[datetime, int, Play, Steps, Do | Shoot | None]] = []
        self._photos: list[bytes] = []

    async def run(self, plays: Iterable[tuple[Play, Steps]], seen: Callable[[int], Any]) -> Outcome:
        """From beginning to end; `seen` is told of every case that is done for the day."""
        await reader.begin(announce.READER)
        for play, steps in plays:
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
        while self._looked + self._every <= until:
            self._looked += self._every
            self.outcome.watched.update(await watch.look(self._looked))
            await self._tell()

    async def _tell(self) -> None:
        """Tell of all that happened; other transactions on the server may hold the log back."""
        async with asyncio.timeout(HELD_BACK_SECONDS):
            self.outcome.announced += await announce.read_on()
            while await reader.behind(announce.READER):
                self.outcome.announced += await announce.read_on()
                await asyncio.sleep(0.01)

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
            description=play.description,
            source=play.source,
            address=play.address,
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
            tidy = step.stage in TIDY
            content = scenes.photo(
                rng, at, play.spot.lon, play.spot.lat, street=str(play.id), tidy=tidy
            )
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
