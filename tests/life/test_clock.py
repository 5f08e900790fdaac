"""The pencil check: what `clock` tells adds up, and agrees with the calendar's own answer."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.incidents import watch
from app.incidents.moves_in import Dispatch, RequestExtension, Rework
from app.incidents.recalculate import recalculate
from tests.centre import TO_DISPATCHED, TO_FILED, TO_HANDLED, Centre
from tests.life.acting import DAY, FRIDAY, HOUR, YES, act, reported


async def clocks(centre: Centre, case: str, stage: str = "handle") -> list[dict[str, Any]]:
    """The runs of a stage; every one of them adds up."""
    told = (await centre.seen(case, part="/clock"))["items"]
    for run in told:
        _adds_up(run)
    return [run for run in told if run["stage"] == stage]


def _adds_up(run: dict[str, Any]) -> None:
    ran = [part for part in run["segments"] if part["kind"] == "ran"]
    added = [part["seconds"] for part in run["segments"] if part["kind"] == "added"]
    assert sum(part["seconds"] for part in ran) == pytest.approx(run["used_seconds"], abs=1)
    assert sum(added) == run["added_seconds"]
    for part in ran:
        stretches = part["windows"] if run["pace"] == "work" else [part]
        assert sum(_length(stretch) for stretch in stretches) == pytest.approx(
            part["seconds"], abs=1
        )


def _length(stretch: dict[str, Any]) -> float:
    start, end = (datetime.fromisoformat(stretch[name]) for name in ("start", "end"))
    return (end - start).total_seconds()


async def what_if(centre: Centre, start: datetime, amount: str) -> datetime:
    asked = {"start": start.isoformat(), "amount": amount, "unit": "work_hour"}
    answer = await centre.people["observer"].get("/api/v1/calendar/deadline", params=asked)
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["due"])


def due(run: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(run["due_at"])


async def walked(centre: Centre, steps: Any, case: str, at: datetime) -> None:
    for who, verb in steps:
        await act(centre, who, case, verb, at)


async def test_handling_is_due_when_the_calendar_says_so(centre: Centre) -> None:
    for hours in (0, 1.5, 8.75, 15, 30):
        at = FRIDAY + hours * HOUR
        case = await reported(centre, at)
        await walked(centre, TO_DISPATCHED, case, at)
        (run,) = await clocks(centre, case)
        assert due(run) == await what_if(centre, at, "2")
        assert (run["limit_seconds"], run["pace"]) == (7200, "work")


async def test_a_case_that_comes_back_to_the_same_unit_goes_on_with_what_is_left(
    centre: Centre,
) -> None:
    case = await reported(centre, FRIDAY)
    await walked(centre, TO_DISPATCHED, case, FRIDAY)
    await act(centre, "handler", case, "return", FRIDAY + HOUR)
    monday = FRIDAY + 3 * DAY
    await act(centre, "dispatcher2", case, "dispatch", monday)
    (run,) = await clocks(centre, case)
    assert due(run) == await what_if(centre, monday, "1")
    kinds = [(part["kind"], part["why"]) for part in run["segments"][:3]]
    assert kinds == [("ran", "dispatch"), ("paused", "return"), ("ran", "dispatch")]
    assert run["segments"][0]["seconds"] == 3600


async def test_another_unit_begins_with_the_whole_limit(centre: Centre) -> None:
    case = await reported(centre, FRIDAY)
    await walked(centre, TO_DISPATCHED, case, FRIDAY)
    await act(centre, "handler", case, "return", FRIDAY + HOUR)
    monday = FRIDAY + 3 * DAY
    other = Dispatch(unit=centre.other.id)
    await act(centre, "dispatcher2", case, "dispatch", monday, other)
    first, second = await clocks(centre, case)
    assert (first["state"], first["used_seconds"], first["unit_id"]) == (
        "stopped",
        3600,
        str(centre.unit.id),
    )
    assert due(second) == await what_if(centre, monday, "2")
    assert second["unit_id"] == str(centre.other.id)


async def test_an_extension_is_added_to_what_is_left(centre: Centre) -> None:
    case = await reported(centre, FRIDAY)
    await walked(centre, TO_DISPATCHED, case, FRIDAY)
    await act(centre, "handler", case, "take", FRIDAY)
    ask = RequestExtension.model_validate(
        {"reason": "等待配件", "amount": {"amount": 1.5, "unit": "work_hour"}}
    )
    await act(centre, "handler", case, "request_extension", FRIDAY + HOUR, ask)
    for who in ("dispatcher", "supervisor"):
        await act(centre, who, case, "decide", FRIDAY + 1.5 * HOUR, YES)
    (run,) = await clocks(centre, case)
    assert run["added_seconds"] == 5400
    assert due(run) == await what_if(centre, FRIDAY, "3.5")


async def test_rework_begins_with_the_whole_limit_and_is_counted(centre: Centre) -> None:
    case = await reported(centre, FRIDAY)
    await walked(centre, TO_HANDLED, case, FRIDAY)
    await act(centre, "acceptor", case, "send_to_check", FRIDAY)
    await act(centre, "checker", case, "check_not_fixed", FRIDAY)
    again = await act(centre, "dispatcher", case, "rework", FRIDAY + HOUR, Rework())
    assert (again.rework_count, again.unit_id) == (1, centre.unit.id)
    first, second = await clocks(centre, case)
    assert (first["state"], due(second)) == ("stopped", await what_if(centre, FRIDAY + HOUR, "2"))


async def test_feedback_that_is_returned_goes_on_with_what_was_left(centre: Centre) -> None:
    case = await reported(centre, FRIDAY)
    await walked(centre, TO_DISPATCHED, case, FRIDAY)
    await act(centre, "handler", case, "feed_back", FRIDAY + HOUR)
    back = await act(centre, "acceptor", case, "return_feedback", FRIDAY + 2 * HOUR)
    assert (back.status, back.return_count) == ("handling", 1)
    (run,) = await clocks(centre, case)
    assert due(run) == FRIDAY + 3 * HOUR
    assert (await clocks(centre, case, "check"))[0]["state"] == "stopped"


async def test_verification_lets_the_accept_clock_wait(centre: Centre) -> None:
    case = await reported(centre, FRIDAY)
    minute = HOUR / 60
    await act(centre, "acceptor", case, "send_to_verify", FRIDAY + 5 * minute)
    (verify,) = await clocks(centre, case, "verify")
    assert due(verify) == FRIDAY + 35 * minute
    back = await act(centre, "acceptor", case, "recall_task", FRIDAY + 20 * minute)
    assert back.due_at == FRIDAY + 30 * minute
    (accept,) = await clocks(centre, case, "accept")
    assert [part["kind"] for part in accept["segments"][:2]] == ["ran", "paused"]


async def test_the_watcher_tells_of_yellow_and_red_at_their_own_moments(centre: Centre) -> None:
    case = await reported(centre, FRIDAY)
    await walked(centre, TO_DISPATCHED, case, FRIDAY)
    assert await watch.look(FRIDAY + 5 * DAY)
    facts = (await centre.seen(case, part="/facts"))["items"]
    told = {f["kind"]: datetime.fromisoformat(f["at"]) for f in facts if f["kind"] != "escalate"}
    assert told["warn"] == FRIDAY + 1.6 * HOUR
    assert told["overdue"] == FRIDAY + 2 * HOUR
    climbed = [fact["data"]["to"] for fact in facts if fact["kind"] == "escalate"]
    while await watch.look(FRIDAY + 5 * DAY):
        pass
    facts = (await centre.seen(case, part="/facts"))["items"]
    climbed = [fact["data"]["to"] for fact in facts if fact["kind"] == "escalate"]
    assert climbed == ["unit_head", "supervisor", "order"]
    assert (await centre.seen(case))["order_count"] >= 1


async def test_a_move_tells_first_of_what_the_clock_has_passed(centre: Centre) -> None:
    case = await reported(centre, FRIDAY)
    await walked(centre, TO_DISPATCHED, case, FRIDAY)
    late = await act(centre, "handler", case, "feed_back", FRIDAY + 3 * HOUR)
    assert late.overdue_at == FRIDAY + 2 * HOUR
    assert (await centre.kinds(case))[-3:] == ["warn", "overdue", "feed_back"]
    assert await watch.look(FRIDAY + 3 * HOUR) == {}


async def test_merging_into_a_late_case_tells_of_its_lateness_first(centre: Centre) -> None:
    main = await reported(centre, FRIDAY)
    await walked(centre, TO_DISPATCHED, main, FRIDAY)
    other = await reported(centre, FRIDAY)
    into = {"into": main}
    assert (await centre.move("acceptor", other, "merge", body=into)).status_code == 200
    assert (await centre.kinds(main))[-3:] == ["warn", "overdue", "absorb"]


async def test_a_shorter_ladder_stops_the_climbers_that_are_above_it(centre: Centre) -> None:
    case = await reported(centre, FRIDAY)
    await walked(centre, TO_DISPATCHED, case, FRIDAY)
    assert await watch.look(FRIDAY + 3 * HOUR)
    boss = centre.people["administrator"]
    assert (await boss.put("/api/v1/rules", {"ladder": []})).status_code == 200
    assert "climbed" not in await watch.look(FRIDAY + DAY)
    assert await watch.look(FRIDAY + DAY) == {}


async def test_a_new_calendar_moves_running_deadlines_by_one_fact(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED, ("dispatcher", "dispatch"))
    before = (await centre.seen(incident))["clock"]["due_at"]
    boss, version = centre.people["administrator"], (await centre.seen(incident))["version"]
    hours = [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "windows": ["00:00-00:20"]}]
    changed = await boss.put(
        "/api/v1/calendar", {"hours": hours, "hours_per_day": 1, "holidays": "none"}
    )
    assert changed.status_code == 200, changed.text
    for _ in range(2):
        await recalculate(changed.json()["version"])
    after = await centre.seen(incident)
    assert after["clock"]["due_at"] > before
    assert after["version"] == version + 1
    assert (await centre.kinds(incident))[-1] == "recalculate"
    await clocks(centre, incident)


async def test_a_deadline_that_a_new_calendar_puts_into_the_past_is_told_of_after_it(
    centre: Centre,
) -> None:
    boss, calendar = centre.people["administrator"], "/api/v1/calendar"
    hours = [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "windows": ["00:00-00:20"]}]
    narrow = {"hours": hours, "hours_per_day": 1, "holidays": "none"}
    assert (await boss.put(calendar, narrow)).status_code == 200
    now = datetime.now(UTC)
    case = await reported(centre, now - 4 * DAY)
    await walked(centre, TO_DISPATCHED, case, now - 4 * DAY)
    usual = [{"weekdays": [1, 2, 3, 4, 5], "windows": ["08:00-12:00", "14:00-18:00"]}]
    changed = await boss.put(calendar, {"hours": usual, "holidays": "none"})
    await recalculate(changed.json()["version"])
    assert await watch.look(datetime.now(UTC))
    facts = (await centre.seen(case, part="/facts"))["items"]
    kinds = [fact["kind"] for fact in facts]
    assert kinds[-4:-1] == ["recalculate", "warn", "overdue"]
    moments = [datetime.fromisoformat(fact["at"]) for fact in facts]
    assert moments == sorted(moments)
    overdue = datetime.fromisoformat((await centre.seen(case))["clock"]["overdue_at"])
    assert overdue == await what_if(centre, now - 4 * DAY, "2")
