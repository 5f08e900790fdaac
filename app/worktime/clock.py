"""One run of one stage clock: immutable, made of events, checkable with a pencil."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from app.worktime.calendar import Calendar
from app.worktime.limits import Pace

YELLOW = 0.8
NOTHING = timedelta(0)


class IllegalEvent(ValueError):
    """This cannot happen to a clock in this state, or not at this moment."""


class Light(StrEnum):
    """Green below 80 % of the total; yellow from then on; red after the due moment, not at it."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Kind(StrEnum):
    """What happens to a clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    STOP = "stop"


_FROM = {
    Kind.PAUSE: {Kind.START, Kind.RESUME},
    Kind.RESUME: {Kind.PAUSE},
    Kind.EXTEND: {Kind.START, Kind.RESUME, Kind.PAUSE},
    Kind.STOP: {Kind.START, Kind.RESUME, Kind.PAUSE},
}
_RUNNING = {Kind.START, Kind.RESUME}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `seconds` is what an extension adds."""

    kind: Kind
    at: datetime
    seconds: float = 0.0
    why: str = ""


class Part(StrEnum):
    """What a segment was."""

    RAN = "ran"
    PAUSED = "paused"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between two events. `seconds` were used while it ran, or were added.

    `windows` are the stretches of work time that make up what was used.
    """

    kind: Part
    start: datetime
    end: datetime
    seconds: float
    why: str = ""
    windows: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit and what happened since its start."""

    pace: Pace
    limit: timedelta
    events: tuple[Event, ...]

    @classmethod
    def start(cls, pace: Pace, limit: timedelta, at: datetime, why: str = "") -> "Clock":
        """A clock that runs from `at` on."""
        if limit <= NOTHING:
            raise IllegalEvent("a limit is larger than 0")
        return cls(pace, limit, (Event(Kind.START, _utc(at), why=why),))

    def pause(self, at: datetime, why: str = "") -> "Clock":
        """Time does not count from `at` on."""
        return self._after(Event(Kind.PAUSE, _utc(at), why=why))

    def resume(self, at: datetime, why: str = "") -> "Clock":
        """Time counts again."""
        return self._after(Event(Kind.RESUME, _utc(at), why=why))

    def extend(self, amount: timedelta, at: datetime, why: str = "") -> "Clock":
        """More time is given; a clock that was overdue may be in time again."""
        if amount <= NOTHING:
            raise IllegalEvent("an extension is larger than 0")
        return self._after(Event(Kind.EXTEND, _utc(at), amount.total_seconds(), why))

    def stop(self, at: datetime, why: str = "") -> "Clock":
        """The stage has ended."""
        return self._after(Event(Kind.STOP, _utc(at), why=why))

    @property
    def running(self) -> bool:
        """Whether time counts after the last event."""
        return self._state in _RUNNING

    @property
    def paused(self) -> bool:
        """Whether the clock waits to be resumed."""
        return self._state is Kind.PAUSE

    @property
    def stopped(self) -> bool:
        """Whether the clock has ended."""
        return self._state is Kind.STOP

    @property
    def total(self) -> timedelta:
        """The limit and all extensions."""
        return self.limit + timedelta(seconds=sum(event.seconds for event in self.events))

    def used(self, calendar: Calendar, at: datetime) -> timedelta:
        """What counted up to `at`."""
        return sum(
            (calendar.elapsed(self.pace, start, end) for start, end in self._runs(at) if end),
            NOTHING,
        )

    def due(self, calendar: Calendar) -> datetime | None:
        """When the total is used up, perhaps in the past; None while paused or stopped."""
        return self.at_share(calendar, 1)

    def at_share(self, calendar: Calendar, share: float) -> datetime | None:
        """When this share of the total is used up; None while paused or stopped."""
        return self._reach(calendar, self.total * share, None) if self.running else None

    def light(self, calendar: Calendar, at: datetime, yellow: float = YELLOW) -> Light:
        """How far the clock is at a moment, with the extensions that it has by now."""
        if self.overdue_since(calendar, at) is not None:
            return Light.RED
        return Light.YELLOW if self.used(calendar, at) >= self.total * yellow else Light.GREEN

    def overdue_since(self, calendar: Calendar, at: datetime | None = None) -> datetime | None:
        """When the total was used up, if the clock was left running after that; else None.

        Judged at `at`, or at the last event: give `at` for a running clock.
        """
        return self._reach(calendar, self.total, at or self.events[-1].at)

    def segments(self, calendar: Calendar, until: datetime) -> list[Segment]:
        """What happened up to a moment, by start, so that the sum can be checked by hand."""
        parts = [
            self._segment(calendar, event, end) for event, end in self._stretches(until) if end
        ]
        added = [
            Segment(Part.ADDED, event.at, event.at, event.seconds, event.why)
            for event in self.events
            if event.kind is Kind.EXTEND and event.at <= until
        ]
        return sorted(parts + added, key=lambda segment: segment.start)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a jsonb column."""
        return {
            "pace": str(self.pace),
            "limit_seconds": self.limit.total_seconds(),
            "events": [
                {
                    "kind": str(event.kind),
                    "at": event.at.isoformat(),
                    "seconds": event.seconds,
                    "why": event.why,
                }
                for event in self.events
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Clock":
        """What `to_json` wrote."""
        events = tuple(
            Event(
                Kind(event["kind"]),
                datetime.fromisoformat(event["at"]),
                event["seconds"],
                event["why"],
            )
            for event in stored["events"]
        )
        return cls(Pace(stored["pace"]), timedelta(seconds=stored["limit_seconds"]), events)

    @property
    def _state(self) -> Kind:
        return next(event.kind for event in reversed(self.events) if event.kind is not Kind.EXTEND)

    def _after(self, event: Event) -> "Clock":
        if self._state not in _FROM[event.kind]:
            raise IllegalEvent(f"{event.kind} cannot follow {self._state}")
        if event.at < self.events[-1].at:
            raise IllegalEvent(f"{event.at} lies before {self.events[-1].at}, the last event")
        return replace(self, events=(*self.events, event))

    def _stretches(self, until: datetime | None) -> Iterator[tuple[Event, datetime | None]]:
        """Runs and pauses that begin before `until`, cut to it; the last one may be open."""
        changes = [event for event in self.events if event.kind is not Kind.EXTEND]
        for event, following in zip_longest(changes, changes[1:]):
            ends = [at for at in (following and following.at, until) if at]
            end = min(ends, default=None)
            if event.kind is not Kind.STOP and (end is None or event.at < end):
                yield event, end

    def _runs(self, until: datetime | None) -> Iterator[tuple[datetime, datetime | None]]:
        for event, end in self._stretches(until):
            if event.kind in _RUNNING:
                yield event.at, end

    def _reach(
        self, calendar: Calendar, amount: timedelta, until: datetime | None
    ) -> datetime | None:
        """The moment after which the clock, still running, has used more than an amount."""
        left = amount
        for start, end in self._runs(until):
            reached = calendar.add(self.pace, start, left) if left else start
            if end is None or reached < end:
                return reached
            left -= calendar.elapsed(self.pace, start, end)
        return None

    def _segment(self, calendar: Calendar, event: Event, end: datetime) -> Segment:
        if event.kind is Kind.PAUSE:
            return Segment(Part.PAUSED, event.at, end, 0, event.why)
        inside = calendar.windows(event.at, end) if self.pace is Pace.WORK else ()
        seconds = calendar.elapsed(self.pace, event.at, end).total_seconds()
        return Segment(Part.RAN, event.at, end, seconds, event.why, tuple(inside))


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise IllegalEvent("a moment has a time zone")
    return moment.astimezone(UTC)
