"""Requests and their decisions: extension, suspension, void, appeal."""

from datetime import timedelta
from typing import Any

import pytest

from app.incidents import watch
from app.incidents.moves_in import (
    FeedBack,
    Reason,
    RequestExtension,
    RequestSuspension,
    TaskOut,
)
from app.problems import AppError
from tests.centre import PATH, TO_CLOSED, TO_DISPATCHED, TO_HANDLING, Centre
from tests.clients import problem
from tests.life.acting import DAY, FRIDAY, HOUR, NO, YES, act, reported

WHY = Reason(reason="说明")
ASK = RequestExtension(reason="等待配件")
LEVELS = ("dispatcher", "supervisor")


async def in_handling(centre: Centre, **changes: Any) -> str:
    """A case whose two work hours of handling begin on Friday at nine."""
    case = await reported(centre, FRIDAY, **changes)
    for who, verb in TO_HANDLING:
        await act(centre, who, case, verb, FRIDAY)
    return case


async def refusal(*call: Any) -> str:
    with pytest.raises(AppError) as found:
        await act(*call)
    return found.value.slug


async def test_an_extension_passes_two_levels_and_adds_its_time(centre: Centre) -> None:
    case = await in_handling(centre)
    await act(centre, "handler", case, "request_extension", FRIDAY + HOUR, ASK)
    assert (await centre.seen(case))["pending"] == "extension"
    first = await act(centre, "dispatcher", case, "decide", FRIDAY + HOUR, YES)
    assert (first.pending, first.extension_count) == ("extension", 0)
    last = await act(centre, "supervisor", case, "decide", FRIDAY + HOUR, YES)
    assert (last.pending, last.extension_count) == (None, 1)
    # 2 h from 09:00, 2 h more: the lunch break from 12:00 to 14:00 does not count
    assert last.due_at == FRIDAY + 6 * HOUR
    assert (await centre.kinds(case))[-3:] == ["request_extension", "approve", "extend"]


async def test_the_levels_are_decided_by_different_people_in_order(centre: Centre) -> None:
    case = await in_handling(centre)
    await act(centre, "handler", case, "request_extension", FRIDAY, ASK)
    assert await refusal(centre, "supervisor", case, "decide", FRIDAY, YES) == "may-not-decide"
    await act(centre, "dispatcher", case, "decide", FRIDAY, YES)
    for who in ("dispatcher", "dispatcher2", "leader", "evaluator"):
        assert await refusal(centre, who, case, "decide", FRIDAY, YES) == "may-not-decide"


async def test_a_refusal_says_why_and_uses_no_extension_up(centre: Centre) -> None:
    case = await in_handling(centre)
    await centre.session.commit()
    await act(centre, "handler", case, "request_extension", FRIDAY, ASK)
    bare = await centre.move("dispatcher", case, "refuse", body={"approved": False})
    assert problem(bare, 422, "invalid-request")["errors"][0]["pointer"] == ""
    for _ in range(3):
        refused = await act(centre, "dispatcher", case, "decide", FRIDAY, NO)
        assert (refused.pending, refused.extension_count) == (None, 0)
        await act(centre, "handler", case, "request_extension", FRIDAY, ASK)


async def test_two_extensions_are_all_and_one_waits_at_a_time(centre: Centre) -> None:
    case = await in_handling(centre)
    for _ in range(2):
        await act(centre, "handler", case, "request_extension", FRIDAY, ASK)
        for verb, command in (("request_extension", ASK), ("request_void", WHY)):
            who = "handler" if verb == "request_extension" else "acceptor"
            assert await refusal(centre, who, case, verb, FRIDAY, command) == "request-pending"
        done = FeedBack(result="已清扫")
        assert await refusal(centre, "handler", case, "feed_back", FRIDAY, done) == (
            "request-pending"
        )
        for who in LEVELS:
            await act(centre, who, case, "decide", FRIDAY, YES)
    assert await refusal(centre, "handler", case, "request_extension", FRIDAY, ASK) == "none-left"


async def test_an_extension_is_asked_for_in_time(centre: Centre) -> None:
    case = await in_handling(centre)
    late = FRIDAY + 2 * HOUR + timedelta(seconds=1)
    assert await refusal(centre, "handler", case, "request_extension", late, ASK) == "too-late"
    await act(centre, "handler", case, "request_extension", FRIDAY + 2 * HOUR, ASK)


@pytest.mark.parametrize(("amount", "unit"), [("2.001", "work_hour"), ("1", "work_day")])
async def test_an_extension_is_as_long_as_the_limit_at_most(
    centre: Centre, amount: str, unit: str
) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_HANDLING)
    body = {"reason": "等待配件", "amount": {"amount": amount, "unit": unit}}
    answer = await centre.move("handler", incident, "request_extension", body=body)
    told = problem(answer, 422, "out-of-range")
    assert (told["errors"][0]["pointer"], told["most"]) == ("/amount", "2工作时")


async def test_an_extension_counts_in_the_limits_own_time(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_HANDLING)
    body = {"reason": "等待配件", "amount": {"amount": "1", "unit": "urgent_hour"}}
    answer = await centre.move("handler", incident, "request_extension", body=body)
    told = problem(answer, 422, "other-pace")
    assert (told["errors"][0]["pointer"], told["units"]) == (
        "/amount/unit",
        ["work_hour", "work_day"],
    )


async def test_an_approval_after_the_deadline_brings_back_in_time_and_the_fact_stays(
    centre: Centre,
) -> None:
    case = await in_handling(centre)
    await act(centre, "handler", case, "request_extension", FRIDAY + HOUR, ASK)
    late = FRIDAY + 2.5 * HOUR
    first = await act(centre, "dispatcher", case, "decide", late, YES)
    assert first.overdue_at == FRIDAY + 2 * HOUR
    last = await act(centre, "supervisor", case, "decide", late, YES)
    assert (last.overdue_at, last.due_at) == (None, FRIDAY + 6 * HOUR)
    assert "overdue" in await centre.kinds(case)
    again = await act(
        centre, "handler", case, "feed_back", FRIDAY + 7 * HOUR, FeedBack(result="好")
    )
    assert again.overdue_at == FRIDAY + 6 * HOUR
    assert (await centre.kinds(case)).count("overdue") == 2


async def test_only_who_asked_withdraws(centre: Centre) -> None:
    case = await in_handling(centre)
    await act(centre, "handler", case, "request_extension", FRIDAY, ASK)
    assert await refusal(centre, "handler2", case, "withdraw", FRIDAY) == "not-your-request"
    assert (await act(centre, "handler", case, "withdraw", FRIDAY)).pending is None
    assert await refusal(centre, "handler", case, "withdraw", FRIDAY) == "nothing-to-decide"
    assert await refusal(centre, "dispatcher", case, "decide", FRIDAY, YES) == "nothing-to-decide"


async def test_a_request_lapses_when_the_case_moves_out_of_its_reach(centre: Centre) -> None:
    case = await reported(centre, FRIDAY)
    await act(centre, "acceptor", case, "request_void", FRIDAY, WHY)
    assert await refusal(centre, "acceptor", case, "send_to_verify", FRIDAY, TaskOut()) == (
        "request-pending"
    )
    sent = await act(centre, "acceptor", case, "reject", FRIDAY, WHY)
    assert (sent.status, sent.pending) == ("rejected", None)
    (request,) = (await centre.seen(str(case), part="/branches"))["requests"]
    assert (request["outcome"], request["decided_by"]) == ("lapsed", None)


async def suspended(centre: Centre, until: Any) -> str:
    case = await in_handling(centre)
    ask = RequestSuspension(reason="待雨停", until=until)
    await act(centre, "handler", case, "request_suspension", FRIDAY + HOUR, ask)
    for who in LEVELS:
        await act(centre, who, case, "decide", FRIDAY + HOUR, YES)
    return case


async def test_a_suspended_case_stands_still_and_resumes_by_itself(centre: Centre) -> None:
    until = FRIDAY + 7 * DAY
    case = await suspended(centre, until)
    seen = await centre.seen(case)
    assert (seen["status"], seen["clock"]["due_at"], seen["suspension_count"]) == (
        "suspended",
        None,
        1,
    )
    assert "resumed" not in await watch.look(until)
    assert (await watch.look(until + 2 * DAY))["resumed"] == 1
    seen = await centre.seen(case)
    assert (seen["status"], seen["handler_id"], seen["suspended_until"]) == ("dispatched",) + (
        None,
    ) * 2
    fact = next(
        fact
        for fact in (await centre.seen(case, part="/facts"))["items"]
        if fact["kind"] == "resume"
    )
    assert fact["at"].startswith("2026-11-27T01:00:00")
    taken = await act(centre, "handler2", case, "take", until + 3 * DAY)
    # one of two hours was used before: 10:00 on the Friday after
    assert (taken.due_at, taken.overdue_at) == (until + HOUR, until + HOUR)
    ask = RequestSuspension(reason="又下雨", until=until + 9 * DAY)
    call = (centre, "handler2", case, "request_suspension", until + 3 * DAY, ask)
    assert await refusal(*call) == "none-left"


async def test_a_dispatcher_resumes_early(centre: Centre) -> None:
    case = await suspended(centre, FRIDAY + 7 * DAY)
    early = await act(centre, "dispatcher", case, "resume", FRIDAY + 3 * DAY)
    assert (early.status, early.suspended_until) == ("dispatched", None)
    assert early.due_at == FRIDAY + 3 * DAY + HOUR


@pytest.mark.parametrize(
    ("days", "slug"), [(-1, "not-in-the-future"), (0, "not-in-the-future"), (366, "out-of-range")]
)
async def test_a_suspension_ends_within_a_year(centre: Centre, days: int, slug: str) -> None:
    case = await in_handling(centre)
    ask = RequestSuspension(reason="待雨停", until=FRIDAY + days * DAY)
    call = (centre, "handler", case, "request_suspension", FRIDAY, ask)
    assert await refusal(*call) == slug


async def test_a_case_is_void_by_approval_only_also_while_it_is_suspended(centre: Centre) -> None:
    case = await suspended(centre, FRIDAY + 7 * DAY)
    await act(centre, "supervisor", case, "request_void", FRIDAY + DAY, WHY)
    assert await refusal(centre, "supervisor", case, "decide", FRIDAY + DAY, YES) == (
        "may-not-decide"
    )
    void = await act(centre, "supervisor2", case, "decide", FRIDAY + DAY, YES)
    assert (void.status, void.suspended_until, void.due_at) == ("voided", None, None)
    assert void.ended_at == FRIDAY + DAY
    assert "resumed" not in await watch.look(FRIDAY + 9 * DAY)
    answer = await centre.people["supervisor"].post(f"{PATH}/{case}/void", {})
    problem(answer, 404, "no-such-path")


async def closed_late(centre: Centre) -> str:
    case = await in_handling(centre)
    at = FRIDAY + 3 * DAY
    await act(centre, "handler", case, "feed_back", at, FeedBack(result="已清扫"))
    await centre.photo(case, "after")
    await centre.session.commit()
    await centre.walk(case, *TO_CLOSED[len(TO_HANDLING) + 1 :])
    return case


async def test_an_upheld_appeal_exempts_and_leaves_the_fact(centre: Centre) -> None:
    case = await closed_late(centre)
    overdue = (await centre.seen(case))["clock"]["overdue_at"]
    assert overdue.startswith("2026-11-20T03:00:00")
    await centre.walk(case, ("handler", "appeal"))
    problem(await centre.move("supervisor", case, "exempt"), 403, "may-not-decide")
    await centre.walk(case, ("evaluator", "approve"), ("supervisor", "exempt"))
    seen = await centre.seen(case)
    assert (seen["clock"]["overdue_at"], seen["clock"]["exempt"]) == (overdue, True)
    runs = [run for run in (await centre.seen(case, part="/clock"))["items"] if run["overdue_at"]]
    assert [run["exempt"] for run in runs if run["stage"] == "handle"] == [True]
    assert not any(run["exempt"] for run in runs if run["stage"] != "handle")
    problem(await centre.move("handler", case, "appeal"), 409, "not-appealable")


async def test_a_refused_appeal_is_the_only_one_a_withdrawn_one_is_not(centre: Centre) -> None:
    case = await closed_late(centre)
    await centre.walk(case, ("handler", "appeal"), ("handler", "withdraw"), ("handler", "appeal"))
    await centre.walk(case, ("evaluator", "refuse"))
    problem(await centre.move("handler", case, "appeal"), 409, "not-appealable")
    assert (await centre.seen(case))["clock"]["exempt"] is False


async def test_only_late_handling_can_be_appealed_and_by_its_unit(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_CLOSED)
    problem(await centre.move("handler", incident, "appeal"), 409, "not-appealable")
    late = await closed_late(centre)
    problem(await centre.move("stranger", late, "appeal"), 403, "not-your-unit")


async def test_what_is_offered_for_a_request_is_what_deciding_does(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED, ("handler", "request_extension"))
    for who, offered in (("dispatcher", {"approve", "refuse"}), ("supervisor", set())):
        moves = (await centre.people[who].get(f"{PATH}/{incident}/moves")).json()["items"]
        decisions = {m["name"] for m in moves if m["command"] == "decide" and m["allowed"]}
        assert decisions == offered


async def test_requests_come_page_by_page_to_the_role_whose_turn_it_is(centre: Centre) -> None:
    cases = [await in_handling(centre) for _ in range(3)]
    for case in cases:
        await act(centre, "handler", case, "request_extension", FRIDAY, ASK)
    await act(centre, "dispatcher", cases[0], "decide", FRIDAY, YES)

    async def waiting(who: str) -> list[str]:
        found, after = [], ""
        while after is not None:
            page = (await centre.people[who].get(f"/api/v1/requests?limit=1{after}")).json()
            found += [item["incident_id"] for item in page["items"]]
            after = page["next"] and f"&after={page['next']}"
        return found

    assert sorted(await waiting("dispatcher")) == sorted(cases[1:])
    assert await waiting("supervisor") == cases[:1]
    assert await waiting("evaluator") == []
