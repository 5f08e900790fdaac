"""What a review found: orders, photos, returns, suggestions, parties, clocks."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents import watch
from app.incidents.branches import DispatchChoice, Order, StageClock
from app.incidents.models import Incident
from app.incidents.moves_in import Supervise
from tests.centre import TO_CHECKING, TO_DISPATCHED, TO_FILED, Centre
from tests.clients import problem
from tests.factories import a_unit
from tests.life.acting import DAY, FRIDAY, act, reported


async def test_one_answer_ends_all_orders_of_a_case(centre: Centre, session: AsyncSession) -> None:
    case = await reported(centre, FRIDAY)
    for who, verb in TO_DISPATCHED:
        await act(centre, who, case, verb, FRIDAY)
    await act(centre, "leader", case, "supervise", FRIDAY, Supervise(requirement="请办理"))
    await watch.look(FRIDAY + 3 * DAY)
    answer = await centre.move("handler", case, "reply_order")
    assert answer.status_code == 200, answer.text
    waiting = select(Order).where(Order.incident_id == case, Order.replied_at.is_(None))
    assert (await session.scalars(waiting)).all() == []
    orders = (await centre.seen(case, part="/branches"))["orders"]
    assert len(orders) > 1
    assert {order["reply"] for order in orders} == {"已办理"}


async def test_work_done_on_the_spot_before_the_report_can_be_closed(centre: Centre) -> None:
    incident = await centre.report()
    earlier = datetime.now(UTC) - timedelta(minutes=20)
    for stage in ("before", "after"):
        await centre.photo(incident, stage, taken_at=earlier)
    await centre.walk(incident, ("steward", "self_handle"), ("acceptor", "approve_self_handled"))
    closed = await centre.move("supervisor", incident, "close")
    assert closed.status_code == 200, closed.text


async def test_a_photo_from_before_the_dispatch_closes_nothing(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_CHECKING, ("checker", "check_fixed"))
    await centre.photo(incident, "after", taken_at=datetime.now(UTC) - timedelta(hours=1))
    problem(await centre.move("supervisor", incident, "close"), 409, "no-after-photo")


async def test_what_is_assigned_to_one_is_not_taken_by_another(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    body = {"handler": str(centre.id("handler2"))}
    await centre.move("unit_head", incident, "assign", body=body)
    problem(await centre.move("handler", incident, "take"), 403, "not-your-case")
    problem(await centre.move("handler", incident, "return"), 409, "assignment-stands")
    await centre.walk(incident, ("handler2", "take"))


async def test_a_dispatch_to_a_person_of_another_unit_is_refused(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    body = {"unit": str(centre.unit.id), "handler": str(centre.id("stranger"))}
    told = problem(
        await centre.move("dispatcher", incident, "dispatch", body=body), 422, "not-in-unit"
    )
    assert told["errors"][0]["pointer"] == "/handler"


async def test_rework_by_another_unit_is_a_choice_of_its_own(
    centre: Centre, session: AsyncSession
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_CHECKING, ("checker", "check_not_fixed"))
    third = await a_unit(session, "THIRD")
    await centre.move("dispatcher", incident, "rework", body={"unit": str(third.id)})
    chosen = select(DispatchChoice).where(DispatchChoice.incident_id == incident)
    choices = (await session.scalars(chosen.order_by(DispatchChoice.version))).all()
    assert [choice.chosen_unit_id for choice in choices] == [centre.unit.id, third.id]
    assert choices[-1].agreed is False


async def test_a_released_case_takes_its_people_with_it(
    centre: Centre, session: AsyncSession
) -> None:
    main = await centre.report()
    mistaken = await centre.report("integration")
    await centre.move("acceptor", mistaken, "merge", body={"into": main})
    row = await session.get_one(Incident, main, populate_existing=True)
    assert centre.id("integration") in row.parties
    await centre.walk(mistaken, ("acceptor", "unmerge"))
    await session.refresh(row)
    assert centre.id("integration") not in row.parties


async def test_a_case_that_came_without_a_clock_gets_one_with_its_next_move(
    centre: Centre, session: AsyncSession
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    row = await session.get_one(Incident, incident)
    gone = update(StageClock).where(StageClock.incident_id == incident)
    await session.execute(gone.values(stopped_at=FRIDAY, due_at=None, watch_at=None))
    row.stage, row.due_at, row.yellow_at = None, None, None
    await session.flush()
    problem(await centre.move("handler", incident, "request_extension"), 409, "no-clock")
    taken = await centre.walk(incident, ("handler", "take"))
    assert (taken["clock"]["stage"], taken["clock"]["light"]) == ("handle", "green")


async def test_deadlines_are_said_in_the_citys_time(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, ("acceptor", "claim"))
    told = problem(await centre.move("acceptor2", incident, "accept"), 409, "claimed-by-other")
    assert "+00:00" not in told["detail"]
    until = datetime.fromisoformat(told["until"])
    assert f"{until + timedelta(hours=8):%Y-%m-%d %H:%M}" in told["detail"]


async def test_a_yellow_share_of_the_rules_is_that_of_the_clock(centre: Centre) -> None:
    boss = centre.people["administrator"]
    assert (await boss.put("/api/v1/rules", {"yellow_share": 0.5})).status_code == 200
    case = await reported(centre, datetime.now(UTC) - timedelta(minutes=10))
    (clock,) = (await centre.seen(case, part="/clock"))["items"]
    assert (clock["light"], (await centre.seen(case))["clock"]["light"]) == ("yellow", "yellow")


async def test_figures_of_a_period_that_ends_before_it_begins_are_refused(centre: Centre) -> None:
    query = "since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z"
    answer = await centre.people["supervisor"].get(f"/api/v1/dispatch-accuracy?{query}")
    assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == "query/since"


async def test_the_dispatcher_takes_a_wrong_dispatch_back_and_sends_it_on(
    centre: Centre, session: AsyncSession
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED, ("handler", "take"))
    back = await centre.walk(incident, ("dispatcher", "recall"))
    assert (back["status"], back["unit"], back["handler_id"]) == ("filed", None, None)
    body = {"unit": str(centre.other.id)}
    again = await centre.move("dispatcher", incident, "dispatch", body=body)
    assert again.json()["unit"]["id"] == body["unit"]
    chosen = select(DispatchChoice.returned).where(DispatchChoice.incident_id == incident)
    assert sorted(await session.scalars(chosen)) == [False, True]


async def test_a_leader_confirms_a_return_where_there_is_one_supervisor(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED, ("dispatcher", "return_filing"))
    problem(await centre.move("supervisor", incident, "file"), 409, "returned-to-you")
    problem(await centre.move("supervisor", incident, "confirm_return"), 409, "nothing-returned")
    filed = await centre.walk(incident, ("leader", "confirm_return"), ("supervisor", "file"))
    assert filed["status"] == "filed"


async def test_a_case_outside_every_cell_is_placed_before_it_is_filed(centre: Centre) -> None:
    incident = await centre.report(lon=1, lat=1)
    await centre.walk(incident, ("acceptor", "accept"))
    problem(await centre.move("supervisor", incident, "file"), 409, "no-cell")
    placed = await centre.walk(incident, ("acceptor", "place"), ("supervisor", "file"))
    assert placed["cell"] is not None


async def test_an_appeal_that_a_reopening_ends_is_told(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_CHECKING, ("checker", "check_fixed"), ("supervisor", "close"))
    row = await centre.session.get_one(Incident, incident)
    row.overdue_at = FRIDAY
    await centre.session.flush()
    await centre.walk(incident, ("handler", "appeal"), ("supervisor", "reopen"))
    fact = (await centre.seen(incident, part="/facts"))["items"][-1]
    assert (fact["kind"], fact["data"]["lapsed"]) == ("reopen", "appeal")
    assert fact["data"]["lapsed_for"] == str(centre.id("handler"))


async def test_photos_from_the_future_and_the_handlers_own_checks_prove_nothing(
    centre: Centre,
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_CHECKING, ("checker", "check_fixed"))
    now = datetime.now(UTC)
    await centre.photo(incident, "after", uploaded_at=now, taken_at=now + timedelta(days=400))
    await centre.photo(incident, "check", uploaded_at=now, uploader_id=centre.id("handler"))
    problem(await centre.move("supervisor", incident, "close"), 409, "no-after-photo")
    await centre.photo(incident, "check", uploaded_at=now, uploader_id=centre.id("checker"))
    closed = await centre.move("supervisor", incident, "close")
    assert closed.status_code == 200, closed.text


async def test_what_was_sent_may_hold_a_bar(centre: Centre) -> None:
    hours = {"hours": [{"weekdays": [1], "windows": ["a | b"]}]}
    answer = await centre.people["administrator"].put("/api/v1/calendar", hours)
    (error, *_) = problem(answer, 422, "invalid-request")["errors"]
    assert "a | b" in error["detail"]
    assert "not" not in error["detail"]
