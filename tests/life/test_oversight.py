"""Oversight: urging, orders, the ladder, who hears of what, and the rules that a city sets."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents import watch
from app.incidents.branches import Order
from tests.centre import PATH, TO_DISPATCHED, Centre
from tests.clients import problem
from tests.life.acting import FRIDAY, HOUR, act, reported

RULES = "/api/v1/rules"


async def test_urging_leaves_a_fact_and_moves_nothing(centre: Centre) -> None:
    incident = await centre.report()
    before = await centre.walk(incident, *TO_DISPATCHED)
    after = await centre.walk(incident, ("leader", "urge"))
    assert (after["status"], after["clock"]) == (before["status"], before["clock"])
    assert (await centre.kinds(incident))[-1] == "urge"


async def test_an_order_waits_for_the_units_answer(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    problem(await centre.move("handler", incident, "reply_order"), 409, "no-order")
    ordered = await centre.walk(incident, ("leader", "supervise"))
    assert (ordered["status"], ordered["order_count"]) == ("dispatched", 1)
    data = (await centre.seen(incident, part="/facts"))["items"][-1]["data"]
    assert (data["level"], data["number"][:2]) == (1, "DB")
    problem(await centre.move("stranger", incident, "reply_order"), 403, "not-your-unit")
    await centre.walk(incident, ("handler", "reply_order"))
    problem(await centre.move("handler", incident, "reply_order"), 409, "no-order")


async def test_an_unanswered_order_goes_up_level_by_level(
    centre: Centre, session: AsyncSession
) -> None:
    assert (
        await centre.people["administrator"].put(RULES, {"ladder": [], "order_hours": [5, 3, 1]})
    ).status_code == 200
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED, ("leader", "supervise"))
    first = (await session.scalars(select(Order))).one()
    moment = timedelta(seconds=1)
    at = first.due_at + moment
    assert (await watch.look(at))["raised"] == 1
    assert "raised" not in await watch.look(at)
    for hours in (3, 1):
        at += hours * HOUR + moment
        told = await watch.look(at)
    assert "raised" not in told
    levels = (await session.scalars(select(Order.level).order_by(Order.level))).all()
    assert levels == [1, 2, 3]
    assert (await centre.seen(incident))["order_count"] == 3


async def test_an_answered_order_stays_where_it_is(centre: Centre, session: AsyncSession) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED, ("leader", "supervise"), ("handler", "reply_order"))
    order = (await session.scalars(select(Order))).one()
    assert "raised" not in await watch.look(order.due_at + HOUR)


async def test_an_order_is_answered_by_a_time_to_come(centre: Centre) -> None:
    incident = await centre.report()
    body = {"requirement": "请办理", "due_at": "2020-01-01T00:00:00Z"}
    told = problem(
        await centre.move("leader", incident, "supervise", body=body), 422, "not-in-the-future"
    )
    assert told["errors"][0]["pointer"] == "/due_at"


BAD = [
    ({"yellow_share": 1}, "/yellow_share"),
    ({"yellow_share": "NaN"}, "/yellow_share"),
    ({"most_extensions": -1}, "/most_extensions"),
    ({"claim_minutes": 0}, "/claim_minutes"),
    ({"order_hours": []}, "/order_hours"),
    ({"order_hours": [1, 0]}, "/order_hours/1"),
    ({"stage_limits": {"accept": {"amount": 0, "unit": "urgent_hour"}}}, "/stage_limits/accept"),
    ({"stage_limits": {"accept": {"amount": 1, "unit": "week"}}}, "/stage_limits/accept/unit"),
    ({"approvals": {"void": ["steward"]}}, "/approvals"),
    ({"approvals": {"void": []}}, "/approvals/void"),
    ({"approvals": {"appeal": ["supervisor"]}}, "/approvals"),
    ({"ladder": [{"after_hours": 4, "to": "order"}, {"after_hours": 1, "to": "order"}]}, ""),
    ({"ladder": [{"after_hours": 4, "to": "mayor"}]}, "/ladder/0/to"),
    ({"shares": {"returned": 1.5}}, "/shares/returned"),
    ({"colour": "red"}, "/colour"),
]


@pytest.mark.parametrize(("rules", "pointer"), BAD)
async def test_bad_rules_name_their_field_and_change_nothing(
    centre: Centre, rules: dict[str, Any], pointer: str
) -> None:
    boss = centre.people["administrator"]
    answer = await boss.put(RULES, rules, headers={"Accept-Language": "en"})
    (error,) = problem(answer, 422, "invalid-request")["errors"]
    assert error["pointer"].startswith(pointer)
    assert error["detail"].isascii()
    assert (await boss.get(RULES)).json()["version"] == 0


async def test_rules_are_set_whole_and_by_their_version(centre: Centre) -> None:
    boss = centre.people["administrator"]
    first = await boss.put(RULES, {"most_extensions": 3}, headers={"If-Match": '"0"'})
    assert (first.status_code, first.json()["rules"]["most_extensions"]) == (200, 3)
    version = first.json()["version"]
    stale = await boss.put(RULES, {}, headers={"If-Match": '"0"'})
    assert problem(stale, 412, "stale-version")["version"] == version
    again = await boss.put(RULES, {"claim_minutes": 5}, headers={"If-Match": f'"{version}"'})
    assert again.json()["rules"]["most_extensions"] == 2
    problem(await centre.people["supervisor"].put(RULES, {}), 403, "forbidden")


async def test_rules_hold_from_the_next_step_and_running_clocks_keep_theirs(
    centre: Centre,
) -> None:
    case = await reported(centre, FRIDAY)
    limits = {"stage_limits": {"accept": {"amount": 1, "unit": "urgent_hour"}}}
    await centre.people["administrator"].put(RULES, limits)
    assert (await centre.seen(case))["clock"]["due_at"].startswith("2026-11-20T01:15:00")
    later = await reported(centre, FRIDAY)
    assert (await centre.seen(later))["clock"]["due_at"].startswith("2026-11-20T02:00:00")


async def test_queues_count_what_waits_and_what_is_late(centre: Centre) -> None:
    late = await reported(centre, FRIDAY - 300 * 24 * HOUR)
    for who, verb in (("acceptor", "accept"), ("supervisor", "file")):
        await act(centre, who, late, verb, FRIDAY - 300 * 24 * HOUR)
    await centre.report()
    items = (await centre.people["supervisor"].get("/api/v1/queues")).json()["items"]
    found = {row["queue"]: (row["waiting"], row["overdue"]) for row in items}
    assert (found["dispatch"], found["accept"]) == ((1, 1), (1, 0))
    assert found["overdue"] == (1, 1)


async def test_an_answer_that_means_danger_stops_the_report_with_a_number_to_call(
    centre: Centre, session: AsyncSession
) -> None:
    row = (
        await session.execute(
            text(
                "SELECT category_code, key, options FROM question"
                " WHERE options::text LIKE '%120%' ORDER BY code LIMIT 1"
            )
        )
    ).one()
    danger = next(option for option in row.options if option.get("phone") == "120")
    safe = next(option for option in row.options if not option.get("phone"))
    body = {"category": row.category_code, "description": "井盖缺失", "lon": 109.0005}
    body |= {"lat": 34.0005, "crs": "cgcs2000"}
    steward = centre.people["steward"]
    stopped = await steward.post(PATH, body | {"answers": {row.key: danger["label"]}})
    told = stopped.json()
    assert (stopped.status_code, told["phone"]) == (422, "120")
    assert told["errors"][0]["pointer"] == f"/answers/{row.key}"
    unasked = await steward.post(PATH, body)
    assert unasked.status_code == 201, "a client that knows of no questions loses no report"
    taken = await steward.post(PATH, body | {"answers": {row.key: safe["label"]}})
    assert taken.json()["answers"] == {row.key: safe["label"]}
