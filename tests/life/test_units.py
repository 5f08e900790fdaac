"""Units and their people: suggestion, dispatch, assignment, co-handlers, rework, figures."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.models import Post
from tests.centre import (
    PATH,
    TO_CHECKING,
    TO_CLOSED,
    TO_DISPATCHED,
    TO_FILED,
    TO_HANDLING,
    Centre,
)
from tests.clients import Client, problem
from tests.factories import a_post, a_unit, an_account


async def test_only_the_unit_in_charge_handles(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    for name in ("take", "return", "feed_back", "request_extension"):
        problem(await centre.move("stranger", incident, name), 403, "not-your-unit")


async def test_the_units_parent_handles_too(
    centre: Centre, client: Client, session: AsyncSession
) -> None:
    parent = await a_unit(session, "PARENT")
    child = await a_unit(session, "CHILD", parent=parent)
    boss = await an_account(session, "handler", username="boss", unit=parent, place=None)
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    await centre.move("dispatcher", incident, "dispatch", body={"unit": str(child.id)})
    answer = await client.as_(boss).post(f"{PATH}/{incident}/take", {})
    assert answer.json()["handler_id"] == str(boss.id)


async def test_suggested_and_chosen_are_both_told(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    told = (await centre.people["dispatcher"].get(f"{PATH}/{incident}/suggestion")).json()
    assert (told["verdict"], told["basis"], told["unit_id"]) == (
        "unique",
        "owner",
        str(centre.unit.id),
    )
    chosen = str(centre.other.id)
    answer = await centre.move("dispatcher", incident, "dispatch", body={"unit": chosen})
    assert answer.json()["unit"]["id"] == chosen
    fact = (await centre.seen(incident, part="/facts"))["items"][-1]
    assert fact["data"]["suggested"] == {"basis": "owner", "unit": str(centre.unit.id)}
    assert (fact["data"]["unit"], fact["data"]["unit_name"]) == (chosen, centre.other.name)


async def test_several_owners_are_no_suggestion_and_a_person_chooses(
    centre: Centre, session: AsyncSession
) -> None:
    await a_post(session, centre.other)
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    told = (await centre.people["dispatcher"].get(f"{PATH}/{incident}/suggestion")).json()
    assert (told["verdict"], told["basis"], len(told["owners"])) == ("several", "none", 2)
    problem(await centre.move("dispatcher", incident, "dispatch"), 422, "no-unit")


async def test_past_cases_speak_where_no_owner_is_known(
    centre: Centre, session: AsyncSession
) -> None:
    for _ in range(3):
        await centre.walk(await centre.report(), *TO_CLOSED)
    await a_post(session, centre.other)
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    told = (await centre.people["dispatcher"].get(f"{PATH}/{incident}/suggestion")).json()
    assert (told["verdict"], told["basis"], told["unit_id"]) == (
        "several",
        "similar",
        str(centre.unit.id),
    )
    assert "100 %" in told["reason"] or "100%" in told["reason"]
    assert told["automatic"] is False


async def test_dispatch_to_nobody_known_is_refused(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    for body, slug in (
        ({"unit": str(uuid4())}, "unknown-unit"),
        ({"handler": str(uuid4())}, "unknown-account"),
        ({"co": [str(uuid4())]}, "unknown-unit"),
    ):
        answer = await centre.move("dispatcher", incident, "dispatch", body=body)
        problem(answer, 422, slug)
        assert (await centre.seen(incident))["status"] == "filed"


@pytest.mark.parametrize("who", ["observer", "steward", "evaluator"])
async def test_a_case_goes_to_nobody_who_may_not_handle(centre: Centre, who: str) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    body = {"handler": str(centre.id(who))}
    told = problem(
        await centre.move("dispatcher", incident, "dispatch", body=body), 422, "may-not-handle"
    )
    assert told["errors"][0]["pointer"] == "/handler"


async def test_a_partner_system_can_be_in_charge(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    body = {"handler": str(centre.id("integration"))}
    sent = await centre.move("dispatcher", incident, "dispatch", body=body)
    assert (sent.json()["unit"], sent.json()["handler_id"]) == (None, body["handler"])
    await centre.walk(incident, ("integration", "take"), ("integration", "feed_back"))


async def test_a_class_that_is_switched_on_is_dispatched_when_it_is_filed(centre: Centre) -> None:
    switch = "/api/v1/categories/E0112/settings"
    on = {"active": True, "auto_dispatch": True}
    assert (await centre.people["administrator"].put(switch, on)).status_code == 200
    incident = await centre.report()
    sent = await centre.walk(incident, *TO_FILED)
    assert (sent["status"], sent["unit"]["id"]) == ("dispatched", str(centre.unit.id))
    assert (await centre.kinds(incident))[-2:] == ["file", "dispatch"]
    assert sent["version"] == 4
    back = await centre.walk(incident, ("handler", "return"))
    assert back["status"] == "filed"
    await centre.walk(incident, ("dispatcher", "dispatch"))
    told = (await centre.people["leader"].get("/api/v1/dispatch-accuracy")).json()
    assert told == {
        "dispatches": 2,
        "suggested": 2,
        "agreed": 2,
        "accuracy": 1.0,
        "automatic": 1,
        "automatic_returned": 1,
        "returned": 1,
        "kept": 0.5,
        "by_basis": {"owner": 2, "similar": 0, "none": 0},
    }


async def test_an_owner_who_may_not_handle_is_left_to_a_person(
    centre: Centre, session: AsyncSession
) -> None:
    switch = "/api/v1/categories/E0112/settings"
    on = {"active": True, "auto_dispatch": True}
    assert (await centre.people["administrator"].put(switch, on)).status_code == 200
    owned = update(Post).where(Post.unit_id == centre.unit.id)
    await session.execute(owned.values(unit_id=None, account_id=centre.id("observer")))
    incident = await centre.report()
    assert (await centre.walk(incident, *TO_FILED))["status"] == "filed"
    problem(await centre.move("dispatcher", incident, "dispatch"), 422, "may-not-handle")


async def test_accuracy_counts_what_was_suggested_only(
    centre: Centre, session: AsyncSession
) -> None:
    chosen = {"unit": str(centre.other.id)}
    for body in ({}, chosen, {}):
        incident = await centre.report()
        await centre.walk(incident, *TO_FILED)
        await centre.move("dispatcher", incident, "dispatch", body=body)
    await a_post(session, centre.other)
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    await centre.move("dispatcher", incident, "dispatch", body=chosen)
    told = (await centre.people["leader"].get("/api/v1/dispatch-accuracy")).json()
    assert (told["dispatches"], told["suggested"], told["agreed"]) == (4, 3, 2)
    assert told["accuracy"] == 0.6667
    assert told["by_basis"] == {"owner": 3, "similar": 0, "none": 1}


async def test_shares_above_the_rules_raise_an_alert(centre: Centre) -> None:
    shares = {"shares": {"at_least": 2, "returned": 0.4, "extended": 0.5}}
    assert (await centre.people["administrator"].put("/api/v1/rules", shares)).status_code == 200
    first, second = await centre.report(), await centre.report()
    await centre.walk(first, *TO_DISPATCHED, ("handler", "return"))
    await centre.walk(second, *TO_HANDLING, ("handler", "request_extension"))
    await centre.walk(second, ("dispatcher", "approve"), ("supervisor", "extend"))
    (told,) = (await centre.people["leader"].get("/api/v1/dispatch-shares")).json()["items"]
    assert (told["dispatches"], told["returned"], told["extended"]) == (2, 1, 1)
    assert told["alerts"] == ["returned"]


async def test_an_assignment_is_taken_back_before_the_unit_returns(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    body = {"handler": str(centre.id("handler2"))}
    given = await centre.move("unit_head", incident, "assign", body=body)
    assert (given.json()["status"], given.json()["handler_id"]) == ("dispatched", body["handler"])
    problem(await centre.move("unit_head", incident, "return"), 409, "assignment-stands")
    await centre.walk(incident, ("unit_head", "unassign"), ("unit_head", "return"))
    problem(await centre.move("unit_head", incident, "unassign"), 409, "illegal-move")


@pytest.mark.parametrize(
    ("who", "slug"), [("stranger", "not-in-unit"), ("steward", "may-not-handle")]
)
async def test_a_case_is_assigned_within_the_unit(centre: Centre, who: str, slug: str) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED)
    body = {"handler": str(centre.id(who))}
    answer = await centre.move("unit_head", incident, "assign", body=body)
    assert problem(answer, 422, slug)["errors"][0]["pointer"] == "/handler"


async def test_its_handler_hands_a_case_to_a_colleague(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_HANDLING)
    colleague = {"handler": str(centre.id("handler2"))}
    other = await centre.move("handler2", incident, "delegate", body=colleague)
    problem(other, 403, "not-your-case")
    given = await centre.move("handler", incident, "delegate", body=colleague)
    assert (given.json()["status"], given.json()["handler_id"]) == (
        "handling",
        colleague["handler"],
    )


async def with_parts(centre: Centre, **parts: Any) -> str:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED)
    body = {"unit": str(centre.unit.id), **parts}
    answer = await centre.move("dispatcher", incident, "dispatch", body=body)
    assert answer.status_code == 200, answer.text
    return incident


async def test_the_lead_waits_for_co_handlers(
    centre: Centre, client: Client, session: AsyncSession
) -> None:
    helper = await an_account(session, "handler", username="helper", unit=centre.other, place=None)
    incident = await with_parts(centre, co=[str(centre.other.id)])
    told = problem(await centre.move("handler", incident, "feed_back"), 409, "parts-open")
    assert told["count"] == 1
    problem(await centre.move("handler", incident, "reply_part"), 403, "no-part")
    url = f"{PATH}/{incident}/reply-part"
    answer = await client.as_(helper).post(url, {"result": "已配合"})
    assert answer.status_code == 200, answer.text
    problem(await client.as_(helper).post(url, {"result": "又一次"}), 403, "no-part")
    await centre.walk(incident, ("handler", "feed_back"))


async def test_an_informed_unit_sees_the_case_and_has_nothing_to_do(
    centre: Centre, client: Client, session: AsyncSession
) -> None:
    told = await an_account(session, "handler", username="told", unit=centre.other, place=None)
    path = f"{PATH}/{await with_parts(centre)}"
    problem(await client.as_(told).get(path), 404, "not-found")
    incident = await with_parts(centre, informed=[str(centre.other.id)])
    assert (await client.as_(told).get(f"{PATH}/{incident}")).status_code == 200
    answer = await client.as_(told).get(PATH)
    assert answer.status_code == 200, answer.text
    listed = answer.json()["items"]
    assert [one["id"] for one in listed] == [incident]
    await centre.walk(incident, ("handler", "feed_back"))


async def test_a_failed_check_goes_back_to_its_unit_or_to_another(centre: Centre) -> None:
    incident = await centre.report()
    failed = await centre.walk(incident, *TO_CHECKING, ("checker", "check_not_fixed"))
    assert (failed["status"], failed["clock"]["stage"]) == ("check_failed", "dispatch")
    again = await centre.walk(incident, ("dispatcher", "rework"))
    assert (again["status"], again["rework_count"], again["handler_id"]) == (
        "dispatched",
        1,
        str(centre.id("handler")),
    )
    await centre.walk(incident, *TO_CHECKING[4:], ("checker", "check_not_fixed"))
    body = {"unit": str(centre.other.id)}
    moved = (await centre.move("dispatcher", incident, "rework", body=body)).json()
    assert (moved["unit"]["id"], moved["handler_id"], moved["rework_count"]) == (
        body["unit"],
        None,
        2,
    )
