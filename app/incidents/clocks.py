"""The stage clocks of a case: which one runs, what a step does to them, what they have passed."""

from datetime import datetime, timedelta
from typing import Any

from app.incidents import steps
from app.incidents.branches import StageClock
from app.incidents.case import Case
from app.incidents.states import ENDED, KEPT, STAGES, Stage, Status
from app.people.system import system_account
from app.worktime.clock import Clock
from app.worktime.limits import Limit, LimitUnit

WARN, OVERDUE = "warn", "overdue"
DONE = 2
"""`StageClock.step` once the deadline has passed; the ladder counts on from here."""


def of(row: StageClock) -> Clock:
    """The clock that a row keeps."""
    return Clock.from_json(row.history)


def limit_of(case: Case, stage: Stage) -> Limit:
    """How long a stage may take: handling by its filing condition, the others by the rules."""
    incident = case.incident
    if stage is Stage.HANDLE and incident.limit_amount is not None and incident.limit_unit:
        return Limit(incident.limit_amount, LimitUnit(incident.limit_unit))
    return case.rules.stage_limits.of(stage)


def running(case: Case) -> StageClock | None:
    """The clock that counts now."""
    return next((row for row in case.clocks if row.stopped_at is None and of(row).running), None)


def paused(case: Case, stage: Stage) -> StageClock | None:
    """The clock of a stage that waits to be resumed."""
    rows = (row for row in case.clocks if row.stopped_at is None and row.stage == stage)
    return next((row for row in rows if of(row).paused), None)


def turn(case: Case, before: Status, why: str) -> None:
    """Let the clocks follow the case from one state into the one where it is now.

    A case that came without a clock (an import, or from before there were any) gets one here.
    """
    leaving, entering = STAGES.get(before), STAGES.get(case.status)
    current = running(case)
    if current is not None and leaving is entering and not case.restart:
        return
    if current is not None:
        keep = case.status in KEPT.get(Stage(current.stage), ())
        clock = of(current).pause(case.at, why) if keep else of(current).stop(case.at, why)
        keep_clock(case, current, clock)
    if case.status in ENDED:
        _stop_all(case, why)
    elif entering is not None:
        _enter(case, entering, why)
    case.restart = False


def _stop_all(case: Case, why: str) -> None:
    for row in case.clocks:
        if row.stopped_at is None:
            keep_clock(case, row, of(row).stop(case.at, why))


def _enter(case: Case, stage: Stage, why: str) -> None:
    """Go on where the stage was left, or start: for another unit, another limit, for rework."""
    waiting = paused(case, stage)
    limit = limit_of(case, stage)
    seconds = round(case.calendar.duration(limit).total_seconds())
    if waiting is not None:
        same = waiting.unit_id == _unit(case, stage) and waiting.limit_seconds == seconds
        if same and not case.restart:
            keep_clock(case, waiting, of(waiting).resume(case.at, why))
            return
        keep_clock(case, waiting, of(waiting).stop(case.at, why))
    row = StageClock(
        incident_id=case.incident.id,
        run=1 + max((known.run for known in case.clocks), default=0),
        stage=stage,
        unit_id=_unit(case, stage),
        pace=limit.pace,
        limit_seconds=seconds,
        yellow_share=case.rules.yellow_share,
        started_at=case.at,
        added_seconds=0,
        step=0,
        exempt=False,
    )
    case.session.add(row)
    case.clocks.append(row)
    keep_clock(case, row, Clock.start(limit.pace, timedelta(seconds=seconds), case.at, why))


def _unit(case: Case, stage: Stage) -> Any:
    return case.incident.unit_id if stage is Stage.HANDLE else None


def keep_clock(case: Case, row: StageClock, clock: Clock) -> None:
    """Write a clock down: its events, its deadlines, when to look again."""
    row.history = clock.to_json()
    row.added_seconds = round((clock.total - clock.limit).total_seconds())
    row.stopped_at = case.at if clock.stopped else None
    row.calendar_version = case.calendar.version
    row.yellow_at = clock.at_share(case.calendar, row.yellow_share)
    row.due_at = clock.due(case.calendar)
    _step_back(row, case.at)
    row.watch_at = _next_look(case, row)


def _step_back(row: StageClock, at: datetime) -> None:
    """A deadline that has moved behind `at` (an extension, a new calendar) is watched anew."""
    if row.due_at is None or row.yellow_at is None:
        return
    if row.due_at <= at:
        row.overdue_at = row.overdue_at and row.due_at
        return
    row.step = min(row.step, 1 if row.yellow_at <= at else 0)
    row.overdue_at = None


def _next_look(case: Case, row: StageClock) -> datetime | None:
    """When the watcher must look at a clock again; None while it stands still."""
    if row.due_at is None:
        return None
    if row.step < DONE:
        return (row.yellow_at, row.due_at)[row.step]
    index = row.step - DONE
    if index >= len(case.rules.ladder):
        return None
    return row.due_at + timedelta(hours=case.rules.ladder[index].after_hours)


def project(case: Case) -> None:
    """Show the clocks on the case itself: the running one, and whether handling was ever late.

    It does not count when every late run is exempt by an appeal.
    """
    row, incident = running(case), case.incident
    incident.stage = STAGES.get(case.status)
    incident.yellow_at = row.yellow_at if row else None
    incident.due_at = row.due_at if row else None
    late = [run for run in case.clocks if run.stage == Stage.HANDLE and run.overdue_at]
    incident.overdue_at = min((run.overdue_at for run in late if run.overdue_at), default=None)
    incident.exempt = bool(late) and all(run.exempt for run in late)


def climbed(case: Case, row: StageClock) -> None:
    """One step of the ladder is made; the next one waits for its hour."""
    row.step += 1
    row.watch_at = _next_look(case, row)


async def catch_up(case: Case) -> None:
    """Write down what the running clock has passed, before anything else happens to the case.

    The watcher does the same for cases that nobody touches (turn.sql).
    """
    await case.know(["clocks"])
    row = running(case)
    if row is None or row.yellow_at is None or row.due_at is None:
        return
    if row.step == 0 and row.yellow_at < case.at:
        await _tell(case, row, WARN)
    if row.step == 1 and row.due_at < case.at:
        await _tell(case, row, OVERDUE)


async def _tell(case: Case, row: StageClock, kind: str) -> None:
    before = steps.snapshot(case.incident)
    at = row.yellow_at if kind == WARN else row.due_at
    assert at is not None  # noqa: S101 - catch_up has looked
    row.step += 1
    if kind == OVERDUE:
        row.overdue_at = at
    row.watch_at = _next_look(case, row)
    project(case)
    by = (await system_account(case.session)).id
    at = max(at, case.incident.updated_at)  # a new calendar can move a deadline behind other facts
    data = {"stage": row.stage, "run": row.run, "due_at": steps.plain(row.due_at)}
    fact = steps.write(case.incident, before, kind, by=by, at=at, data=data, moved=False)
    case.session.add(fact)
    await case.session.flush()
