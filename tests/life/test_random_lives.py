"""Random people do random things to a few cases; what holds of a case must hold after each."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app import auth, db, remembered
from app.calendars import queries as calendars
from app.config import settings as config
from app.incidents import guards, intake, queries, reporters, service, watch
from app.incidents import moves_in as m
from app.incidents.case import EVERYTHING, open_case
from app.incidents.models import Incident
from app.incidents.proof import Photos
from app.incidents.schemas import IncidentReport
from app.incidents.workflow import MOVES
from app.problems import AppError
from tests.centre import TO_CLOSED, TO_HANDLING, Centre, Step, a_centre
from tests.clients import Client
from tests.factories import a_report
from tests.life.acting import FRIDAY
from tests.life.invariants import Used, hold

LATER = st.sampled_from(
    [timedelta(seconds=1)] * 6
    + [timedelta(minutes=minutes) for minutes in (0, 4, 14, 50, 200)]
    + [timedelta(days=days) for days in (1, 4, 40, 400)]
)
FEW = 3
PROOF = {"close": ("after",), "self_handle": ("before", "after")}
"""Photos that are taken before a move."""
WAYS: tuple[tuple[Step, ...], ...] = (
    TO_CLOSED,
    (
        *TO_HANDLING,
        ("handler", "request_suspension"),
        ("dispatcher", "approve"),
        ("supervisor", "suspend"),
    ),
    (*TO_CLOSED, ("handler", "appeal"), ("evaluator", "approve")),
)
"""What the first case may have behind it."""
Do = tuple[str, m.Command]


def commands(centre: Centre, other: UUID, now: datetime) -> dict[str, list[Do]]:
    """For each move the ways to ask for it: the verb of `service.act` and what is sent."""
    why, note = m.Reason(reason="说明"), m.Note()
    done = m.FeedBack(result="已清扫")
    units, person = (centre.unit.id, centre.other.id), centre.accounts
    ways: dict[str, list[Do]] = {
        name: [(name, note)] for name in MOVES if MOVES[name].command != "media"
    }
    for name in ("reject", "return_report", "return_filing", "return_check", "return_feedback"):
        ways[name] = [(name, why)]
    for name in ("return", "recall", "reopen", "request_void", "appeal"):
        ways[name] = [(name, why)]
    for name in ("feed_back", "self_handle", "reply_part"):
        ways[name] = [(name, done)]
    for name, verb, schema in (
        *((f"verify_{reply}", "verify", m.VerifyResult) for reply in REPLIES["verify"]),
        *((f"check_{reply}", "check", m.CheckResult) for reply in REPLIES["check"]),
    ):
        ways[name] = [(verb, schema(reply=name.removeprefix(f"{verb}_")))]
    for name in ("approve", "extend", "suspend", "void", "exempt"):
        ways[name] = [("decide", m.Decision(approved=True))]
    ways["refuse"] = [("decide", m.Decision(approved=False, opinion="理由不足"))]
    handlers = [m.Assign(handler=person[name].id) for name in ("handler", "handler2", "stranger")]
    tasks = [m.TaskOut(), *(m.TaskOut(assignee=person[who].id) for who in ("steward", "checker"))]
    until = [
        m.RequestSuspension(reason="说明", until=now + timedelta(days=d)) for d in (1, 30, 500)
    ]
    return ways | {
        "accept": [("accept", m.Accept()), ("accept", m.Accept(category="C0103"))],
        "file": [("file", m.Filing()), ("file", m.Filing(condition="C0103-1"))],
        "dispatch": [
            ("dispatch", m.Dispatch()),
            ("dispatch", m.Dispatch(handler=person["handler"].id)),
            *(("dispatch", m.Dispatch(unit=unit)) for unit in units),
            ("dispatch", m.Dispatch(unit=units[0], co=(units[1],))),
        ],
        "rework": [("rework", m.Rework()), *(("rework", m.Rework(unit=unit)) for unit in units)],
        "place": [("place", m.Placing(cell="610526001001001"))],
        "merge": [("merge", m.Merge(into=other))],
        "assign": [("assign", command) for command in handlers],
        "delegate": [("delegate", command) for command in handlers],
        "reply_order": [("reply_order", m.OrderReply(reply_text="已办理"))],
        "supervise": [("supervise", m.Supervise(requirement="请立即办理"))],
        "send_to_verify": [("send_to_verify", command) for command in tasks],
        "send_to_check": [("send_to_check", command) for command in tasks],
        "forward_task": [("forward_task", m.Forward(assignee=person["checker"].id))],
        "request_extension": [("request_extension", m.RequestExtension(reason="说明"))],
        "request_suspension": [("request_suspension", command) for command in until],
    }


REPLIES = {
    "verify": ("exists", "not_exists", "unclear"),
    "check": ("fixed", "not_fixed", "unclear"),
}


def _weighted(found: list[tuple[str, str]]) -> list[str]:
    """Each move by name, those that lead on several times."""
    names = dict.fromkeys(name for name, _ in found)
    leading = [n for n in names if any(s is not to for s, to in MOVES[n].steps.items())]
    return [*names, *leading, *leading]


class Lives(RuleBasedStateMachine):
    """Up to three cases of one centre; time only goes on."""

    runner: ClassVar[asyncio.Runner]
    connection: ClassVar[AsyncConnection]
    centre: ClassVar[Centre]
    actors: ClassVar[dict[str, auth.Actor]]

    def __init__(self) -> None:
        super().__init__()
        self.now, self.cases, self.used = FRIDAY, list[UUID](), Used()
        remembered.forget_all()
        self.savepoint = self.runner.run(self._begin())

    async def _begin(self) -> Any:
        return await self.connection.begin_nested()

    def teardown(self) -> None:
        self.runner.run(self.savepoint.rollback())

    @initialize(way=st.sampled_from(WAYS), steps=st.integers(0, 12), later=LATER)
    def first_report(self, way: tuple[Step, ...], steps: int, later: timedelta) -> None:
        """A first case that is some way along already, perhaps slowly."""
        self.runner.run(self._report("steward"))
        case = self.cases[0]
        for who, name in way[:steps]:
            self.now += later / 4
            self._prove(case, name)
            verb, command = commands(self.centre, case, self.now)[name][0]
            self.runner.run(self._act(who, case, verb, command))

    def _prove(self, case: UUID, name: str) -> None:
        for stage in PROOF.get(name, ()):
            self.runner.run(self._photo(str(case), stage))

    @precondition(lambda self: len(self.cases) < FEW)
    @rule(who=st.sampled_from(["steward", "checker", "supervisor", "integration"]))
    def report(self, who: str) -> None:
        self.runner.run(self._report(who))

    async def _report(self, who: str) -> None:
        known = UUID(int=len(self.cases) + 1)  # chance in the rules hangs on the id
        data = IncidentReport(**a_report(id=str(known)))
        async with db.transaction() as session:
            given: Any = {"session": session, "at": self.now}
            (answer,) = await intake.report_many(self.actors[who], [(data, None)], **given)
        assert answer.incident_id is not None
        self.cases.append(answer.incident_id)

    @rule(
        data=st.data(),
        later=LATER,
        which=st.integers(0, FEW - 1),
        watched=st.booleans(),
        blind=st.sampled_from([False, False, False, True]),
    )
    def move(
        self, data: st.DataObject, later: timedelta, which: int, watched: bool, blind: bool
    ) -> None:
        """Mostly moves that nothing refuses, else life would be short."""
        self.now += later
        if watched:
            self.runner.run(watch.look(self.now))
        case = self.cases[which % len(self.cases)]
        other = self.cases[(which + 1) % len(self.cases)]
        ways = commands(self.centre, other, self.now)
        found = sorted((name, who) for name in ways for who in self.actors)
        if not blind:
            found = self.runner.run(self._allowed(case, ways))
        if not found:
            return
        name = data.draw(st.sampled_from(_weighted(found)), label="move")
        who = data.draw(st.sampled_from([who for move, who in found if move == name]), label="who")
        verb, command = data.draw(st.sampled_from(ways[name]), label="command")
        self._prove(case, name)
        self.runner.run(self._act(who, case, verb, command))

    async def _allowed(self, incident: UUID, names: Iterable[str]) -> list[tuple[str, str]]:
        """Which moves nothing refuses to whom; closing will have its photo."""
        async with db.transaction() as session:
            row = await session.get_one(Incident, incident)
            case = await open_case(session, self.actors["supervisor"], row, self.now)
            await case.know(EVERYTHING)
            case.photos = Photos(frozenset({"before", "after"}), proves=True)
            found = []
            for who, case.actor in self.actors.items():
                found += [
                    (name, who) for name in names if guards.why_not(case, MOVES[name]) is None
                ]
        return sorted(found)

    async def _act(self, who: str, case: UUID, verb: str, command: m.Command) -> None:
        try:
            async with db.transaction() as session:
                await service.act(session, self.actors[who], case, verb, command, at=self.now)
        except AppError as refusal:
            if refusal.status >= 500:
                raise

    async def _photo(self, case: str, stage: str) -> None:
        await self.centre.photo(case, stage)
        await self.centre.session.commit()

    @invariant()
    def all_holds(self) -> None:
        self.runner.run(self._hold())

    async def _hold(self) -> None:
        calendar = await calendars.current()
        async with db.transaction() as session:
            for case in self.cases:
                await hold(session, case, self.now, calendar, self.used)
            chosen = select(Incident).where(Incident.merged_into.is_not(None))
            for merged in await session.scalars(chosen):
                await self._no_reporter_is_lost(session, merged)

    async def _no_reporter_is_lost(self, session: Any, merged: Incident) -> None:
        """The reporter of a merged case is told of with the main one, and sees it."""
        actor = next(a for a in self.actors.values() if a.id == merged.reporter_id)
        assert merged.merged_into is not None
        told = await reporters.of_case(session, actor, merged.merged_into)
        assert merged.reporter_id in {one.account_id for one in told.items}
        assert await queries.get(session, actor, merged.merged_into)


@pytest.fixture
def lives(database: str) -> Iterator[type[Lives]]:
    """The machine's class with a centre, inside a transaction that is rolled back."""

    async def arrange() -> None:
        engine = db.make_engine(database, plans="custom", role=config().database_role, size=1)
        Lives.connection = await engine.connect()
        await Lives.connection.begin()
        db.pin(Lives.connection)
        session = db.sessions()
        Lives.centre = await a_centre(Client(None), session)  # type: ignore[arg-type]
        await session.commit()
        Lives.actors = {
            name: await auth.actor_of(auth.issue_access_token(account.id)[0])
            for name, account in Lives.centre.accounts.items()
        }

    async def leave() -> None:
        db.pin(None)
        await Lives.connection.close()
        await Lives.connection.engine.dispose()

    with asyncio.Runner() as Lives.runner:
        Lives.runner.run(arrange())
        yield Lives
        Lives.runner.run(leave())


@pytest.mark.timeout(300)
def test_random_lives_keep_every_promise(lives: type[Lives]) -> None:
    few = settings(
        max_examples=16,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lives, settings=few)
