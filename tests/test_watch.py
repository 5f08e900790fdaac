"""The watcher: lights, overdue facts, the ladder, orders, suspensions, each at its moment."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import auth
from app.incidents import fold, service, watch
from app.incidents.branches import Order, StageClock
from app.incidents.models import Fact, Incident
from app.incidents.moves_in import Note
from app.incidents.recalculate import recalculate
from tests.centre import REASON, TO_DISPATCHED, TO_HANDLING, Centre, a_centre
from tests.clients import Client, problem

SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{name: 1}) for name in ("seconds", "minutes", "hours", "days")
)
WEEK = 7 * DAY


@pytest.fixture
async def centre(client: Client, session: AsyncSession) -> AsyncIterator[Centre]:
    """A centre whose cases are, in the end, what their facts say."""
    made = await a_centre(client, session)
    yield made
    session.expire_all()
    for incident in await session.scalars(select(Incident)):
        chosen = select(Fact).where(Fact.incident_id == incident.id).order_by(Fact.version)
        facts = [
            fold.Told(f.version, f.kind, f.status, f.at, f.data, f.changes)
            for f in await session.scalars(chosen)
        ]
        row = {column.name: getattr(incident, column.name) for column in Incident.__table__.columns}
        assert fold.illegal(facts) == []
        assert fold.differences(row, fold.fold(facts)) == {}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def clock_of(centre: Centre, incident: str) -> tuple[datetime, datetime]:
    """The yellow and the due moment that the case shows."""
    case = await centre.seen(incident)
    return moment(case["clock"]["yellow_at"]), moment(case["clock"]["due_at"])


async def facts_of(centre: Centre, incident: str, *kinds: str) -> list[dict[str, Any]]:
    facts = (await centre.seen(incident, part="/facts"))["items"]
    return [fact for fact in facts if fact["kind"] in kinds]


async def actor(centre: Centre, name: str) -> auth.Actor:
    token, _ = auth.issue_access_token(centre.id(name))
    return await auth.actor_of(token)


async def suspended(centre: Centre, days: int = 10) -> tuple[str, datetime]:
    """A case that two levels have let wait for some days."""
    incident = await centre.report()
    await centre.walk(incident, *TO_HANDLING)
    until = (datetime.now(UTC) + days * DAY).replace(microsecond=0)
    body = {**REASON, "until": until.isoformat()}
    answer = await centre.move("handler", incident, "request_suspension", body=body)
    assert answer.status_code == 200, answer.text
    await centre.walk(incident, ("dispatcher", "approve"), ("supervisor", "suspend"))
    return incident, until


async def test_nothing_is_due_before_its_moment_nor_at_it(centre: Centre) -> None:
    incident = await centre.report()
    yellow, _ = await clock_of(centre, incident)
    assert await watch.look(yellow) == {}
    assert await watch.look(yellow + SECOND) == {"turned": 1}
    assert await watch.look(yellow + SECOND) == {}


async def test_both_lights_are_told_once_at_their_own_moments_however_late(centre: Centre) -> None:
    incident = await centre.report()
    yellow, due = await clock_of(centre, incident)
    await watch.look(due + WEEK)
    await watch.look(due + WEEK)
    warn, overdue = await facts_of(centre, incident, "warn", "overdue")
    assert (warn["kind"], moment(warn["at"]), warn["version"]) == ("warn", yellow, 2)
    assert (overdue["kind"], moment(overdue["at"]), overdue["version"]) == ("overdue", due, 3)
    assert overdue["data"]["stage"] == "accept"
    assert moment(overdue["data"]["due_at"]) == due


async def test_only_handling_makes_the_case_itself_overdue(centre: Centre) -> None:
    incident = await centre.report()
    _, due = await clock_of(centre, incident)
    await watch.look(due + SECOND)
    assert (await centre.seen(incident))["clock"]["overdue_at"] is None
    handled = await centre.report()
    await centre.walk(handled, *TO_DISPATCHED)
    _, due = await clock_of(centre, handled)
    await watch.look(due + SECOND)
    assert moment((await centre.seen(handled))["clock"]["overdue_at"]) == due


async def test_the_ladder_calls_head_supervisor_and_order_in_their_hours(
    centre: Centre, session: AsyncSession
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    _, due = await clock_of(centre, incident)
    called = []
    for hours in (0, 3.9, 4, 23.9, 24, 47):
        await watch.look(due + hours * HOUR + SECOND)
        called.append([fact["data"]["to"] for fact in await facts_of(centre, incident, "escalate")])
    head, above, ordered = "unit_head", "supervisor", "order"
    assert called == [
        [head], [head], [head, above], [head, above],
        [head, above, ordered], [head, above, ordered],
    ]  # fmt: skip
    order = (await session.scalars(select(Order))).one()
    assert (order.level, order.incident_id) == (1, UUID(incident))
    assert order.due_at == order.issued_at + 48 * HOUR


async def test_a_desk_that_is_late_calls_the_supervisor_at_every_step(centre: Centre) -> None:
    incident = await centre.report()
    _, due = await clock_of(centre, incident)
    for hours in (0, 4, 24):
        await watch.look(due + hours * HOUR + SECOND)
    told = [fact["data"]["to"] for fact in await facts_of(centre, incident, "escalate")]
    assert told == ["supervisor"] * 3


async def orders_of(session: AsyncSession) -> list[tuple[int, bool]]:
    session.expire_all()
    rows = await session.scalars(select(Order).order_by(Order.level))
    return [(order.level, order.raised) for order in rows]


async def test_an_unanswered_order_goes_up_to_the_last_level_and_no_further(
    centre: Centre, session: AsyncSession
) -> None:
    incident = await centre.report()
    await centre.walk(incident, ("supervisor", "supervise"))
    at = datetime.now(UTC)
    for hours, expected in (
        (47, [(1, False)]),
        (49, [(1, True), (2, False)]),
        (49, [(1, True), (2, False)]),
        (74, [(1, True), (2, True), (3, False)]),
        (500, [(1, True), (2, True), (3, True)]),
        (900, [(1, True), (2, True), (3, True)]),
    ):
        await watch.look(at + hours * HOUR)
        raised = [
            fact
            for fact in await facts_of(centre, incident, "escalate")
            if "unanswered" in fact["data"]
        ]
        assert await orders_of(session) == expected
        assert len(raised) == len([level for level, _ in expected if level > 1])


async def test_an_answered_order_stays_where_it_is(centre: Centre, session: AsyncSession) -> None:
    incident = await centre.report()
    await centre.walk(
        incident, *TO_HANDLING, ("supervisor", "supervise"), ("handler", "reply_order")
    )
    assert "raised" not in await watch.look(datetime.now(UTC) + 49 * HOUR)
    assert await orders_of(session) == [(1, False)]


async def test_a_suspension_ends_at_its_moment_though_the_watcher_comes_a_week_later(
    centre: Centre,
) -> None:
    incident, until = await suspended(centre)
    assert "resumed" not in await watch.look(until)
    assert (await watch.look(until + WEEK))["resumed"] == 1
    (resumed,) = await facts_of(centre, incident, "resume")
    assert moment(resumed["at"]) == until
    case = await centre.seen(incident)
    assert case["status"] == "dispatched"
    assert until < moment(case["clock"]["due_at"])


async def test_whoever_comes_before_the_watcher_finds_the_suspension_ended(centre: Centre) -> None:
    incident, until = await suspended(centre)
    me = await actor(centre, "supervisor")
    await service.act(centre.session, me, UUID(incident), "urge", Note(), at=until + MINUTE)
    resumed, urged = await facts_of(centre, incident, "resume", "urge")
    assert (moment(resumed["at"]), moment(urged["at"])) == (until, until + MINUTE)
    assert "resumed" not in await watch.look(until + HOUR)


async def test_a_clock_that_stands_still_never_warns(centre: Centre) -> None:
    incident, until = await suspended(centre, days=300)
    assert await watch.look(until) == {}
    assert await facts_of(centre, incident, "warn", "overdue") == []


async def test_a_suspended_case_that_is_voided_is_not_watched_any_more(
    centre: Centre, session: AsyncSession
) -> None:
    incident, until = await suspended(centre)
    await centre.walk(incident, ("dispatcher", "request_void"), ("supervisor", "void"))
    assert await watch.look(until + WEEK) == {}
    assert (await session.scalars(watch._suspended(until + WEEK))).all() == []


async def test_an_extension_moves_the_watch(centre: Centre, session: AsyncSession) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_HANDLING)
    yellow, due = await clock_of(centre, incident)
    await watch.look(yellow + SECOND)
    await centre.walk(
        incident,
        ("handler", "request_extension"),
        ("dispatcher", "approve"),
        ("supervisor", "extend"),
    )
    later_yellow, later_due = await clock_of(centre, incident)
    assert later_due > due
    assert await watch.look(due + SECOND) == {}
    row = await session.scalar(
        select(StageClock).where(StageClock.incident_id == incident, StageClock.due_at.isnot(None))
    )
    assert row is not None
    assert (row.watch_at, row.due_at) == (later_yellow, later_due)
    await watch.look(later_due + SECOND)
    assert moment((await facts_of(centre, incident, "overdue"))[0]["at"]) == later_due


async def test_what_the_clock_writes_makes_no_persons_version_stale(centre: Centre) -> None:
    incident = await centre.report()
    _, due = await clock_of(centre, incident)
    await watch.look(due + SECOND)
    seen = (await centre.seen(incident))["version"]
    assert seen > 1
    future = await centre.move(
        "acceptor", incident, "accept", headers={"If-Match": f'"{seen + 1}"'}
    )
    problem(future, 412, "stale-version")
    mine = await centre.move("acceptor", incident, "accept", headers={"If-Match": '"1"'})
    assert mine.status_code == 200, mine.text
    for stale in (1, seen):
        answer = await centre.move(
            "supervisor", incident, "file", headers={"If-Match": f'"{stale}"'}
        )
        assert problem(answer, 412, "stale-version")["version"] == seen + 1


async def test_a_late_move_writes_the_overdue_itself_and_the_watcher_adds_none(
    centre: Centre,
) -> None:
    incident = await centre.report()
    yellow, due = await clock_of(centre, incident)
    me = await actor(centre, "supervisor")
    await service.act(centre.session, me, UUID(incident), "urge", Note(), at=due + HOUR)
    told = await facts_of(centre, incident, "warn", "overdue", "urge")
    assert [fact["kind"] for fact in told] == ["warn", "overdue", "urge"]
    assert [moment(fact["at"]) for fact in told] == [yellow, due, due + HOUR]
    assert "turned" not in await watch.look(due + 2 * HOUR)


async def test_a_case_that_cannot_be_watched_keeps_no_other_one_waiting(
    centre: Centre, session: AsyncSession
) -> None:
    broken, whole = await centre.report(), await centre.report()
    _, due = await clock_of(centre, whole)
    history = (await session.scalars(select(StageClock.history))).first()
    await session.execute(
        update(StageClock).where(StageClock.incident_id == broken).values(history={})
    )
    assert await watch.look(due + SECOND) == {"turned": 4, "climbed": 1}
    assert len(await facts_of(centre, whole, "escalate")) == 1
    await session.execute(
        update(StageClock).where(StageClock.incident_id == broken).values(history=history)
    )


async def _work_on(centre: Centre, day: date, works: bool) -> None:
    body = {"works": works, "name": "测试"}
    answer = await centre.people["administrator"].put(f"/api/v1/calendar/days/{day}", body)
    assert answer.status_code == 200, answer.text


async def test_a_new_calendar_moves_open_work_clocks_once_and_no_others(centre: Centre) -> None:
    waiting, handled = await centre.report(), await centre.report()
    await centre.walk(handled, *TO_DISPATCHED)
    wall, (_, before) = await clock_of(centre, waiting), await clock_of(centre, handled)
    for days in range(30):
        await _work_on(centre, datetime.now(UTC).date() + days * DAY, works=False)
    await recalculate(30)
    await recalculate(30)
    (moved,) = await facts_of(centre, handled, "recalculate")
    _, after = await clock_of(centre, handled)
    assert after > before
    assert moment(moved["data"]["due_before"]) == before
    assert moment(moved["data"]["due_at"]) == after
    assert moved["data"]["calendar"] == 30
    assert await clock_of(centre, waiting) == wall
    assert await facts_of(centre, waiting, "recalculate") == []
    assert await watch.look(before + SECOND) == {"turned": 2, "climbed": 1}  # the waiting one


async def test_a_deadline_that_a_new_calendar_moves_into_the_past_is_told_after_what_was(
    centre: Centre,
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    _, due = await clock_of(centre, incident)
    urged = due - MINUTE
    me = await actor(centre, "supervisor")
    await service.act(centre.session, me, UUID(incident), "urge", Note(), at=urged)
    hours = [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "windows": ["00:00-24:00"]}]
    boss = centre.people["administrator"]
    answer = await boss.put("/api/v1/calendar", {"hours": hours, "holidays": "none"})
    assert answer.status_code == 200, answer.text
    await recalculate(1)
    _, earlier = await clock_of(centre, incident)
    assert earlier < urged
    await watch.look(due)
    (overdue,) = await facts_of(centre, incident, "overdue")
    assert moment(overdue["at"]) >= urged
    assert moment(overdue["data"]["due_at"]) == earlier
    assert moment((await centre.seen(incident))["clock"]["overdue_at"]) == earlier


async def test_cases_that_fail_keep_none_behind_them_waiting(
    centre: Centre, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "AT_ONCE", 2)
    for hours in range(5):
        row = await session.get_one(Incident, UUID(await centre.report()))
        row.suspended_until = datetime(2026, 1, 1, hours, tzinfo=UTC)
    await session.flush()
    reached: list[int] = []

    async def work(_: AsyncSession, incident: Incident, at: datetime) -> bool:
        assert incident.suspended_until is not None
        reached.append(incident.suspended_until.hour)
        if incident.suspended_until.hour < 2:
            raise ValueError("cannot be worked on")
        return True

    now = datetime.now(UTC)
    assert await watch._each(now, watch._suspended(now), work) == 2
    assert reached == [0, 1, 2, 3]
    await session.execute(update(Incident).values(suspended_until=None))
