"""The field: verifying, checking, handling on the spot, and what proves that it is done."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents.branches import Task
from tests.centre import PATH, TO_CHECKED, TO_CHECKING, TO_HANDLED, Centre
from tests.clients import problem
from tests.factories import a_cell, a_post, an_account

NEXT = "610526001001002"


async def last(centre: Centre, incident: str) -> dict[str, Any]:
    """The data of the newest fact."""
    facts = (await centre.seen(incident, part="/facts"))["items"]
    return dict(facts[-1]["data"])


async def set_rules(centre: Centre, **rules: Any) -> None:
    answer = await centre.people["administrator"].put("/api/v1/rules", rules)
    assert answer.status_code == 200, answer.text


async def test_a_task_goes_to_the_cells_own_steward(centre: Centre, session: AsyncSession) -> None:
    own = await an_account(session, "steward", username="own", place="610526001001001")
    incident = await centre.report()
    await centre.walk(incident, ("acceptor", "send_to_verify"))
    assert await last(centre, incident) | {"task": ""} == {
        "task": "",
        "assignee": str(own.id),
        "crossed": False,
    }
    problem(await centre.move("checker", incident, "verify_exists"), 403, "not-your-task")


async def test_the_reporter_does_not_verify_what_was_reported(
    centre: Centre, session: AsyncSession
) -> None:
    await a_cell(session, NEXT, column=1)
    neighbour = await an_account(session, "steward", username="neighbour", place=NEXT)
    incident = await centre.report()
    await centre.walk(incident, ("acceptor", "send_to_verify"))
    assert (await last(centre, incident))["assignee"] == str(neighbour.id)
    problem(await centre.move("steward", incident, "verify_exists"), 403, "not-your-task")


async def test_where_nobody_else_has_the_duty_any_third_steward_may_look(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, ("acceptor", "send_to_verify"))
    assert (await last(centre, incident))["assignee"] is None
    problem(await centre.move("steward", incident, "verify_exists"), 403, "not-impartial")
    await centre.walk(incident, ("checker", "verify_exists"))


@pytest.mark.parametrize("who", ["steward", "handler", "observer", "acceptor"])
async def test_a_task_goes_to_nobody_who_may_not_judge(centre: Centre, who: str) -> None:
    incident = await centre.report()
    body = {"assignee": str(centre.id(who))}
    answer = await centre.move("acceptor", incident, "send_to_verify", body=body)
    assert problem(answer, 422, "task-to")["errors"][0]["pointer"] == "/assignee"
    await centre.walk(incident, ("acceptor", "send_to_verify"))
    answer = await centre.move("checker", incident, "forward_task", body=body)
    problem(answer, 422, "task-to")


@pytest.mark.parametrize("name", ["verify_exists", "verify_not_exists", "verify_unclear"])
async def test_what_the_field_says_goes_back_to_the_desk(centre: Centre, name: str) -> None:
    incident = await centre.report()
    back = await centre.walk(incident, ("acceptor", "send_to_verify"), ("checker", name))
    assert (back["status"], back["clock"]["stage"]) == ("reported", "accept")
    assert (await last(centre, incident))["reply"] == name.removeprefix("verify_")
    problem(await centre.move("checker", incident, name), 409, "illegal-move")
    await centre.walk(incident, ("acceptor", "send_to_verify"), ("checker", "verify_exists"))


async def test_a_task_is_forwarded_and_recalled(centre: Centre, session: AsyncSession) -> None:
    third = await an_account(session, "steward", username="third")
    incident = await centre.report()
    await centre.walk(incident, ("acceptor", "send_to_verify"))
    body = {"assignee": str(third.id)}
    assert (await centre.move("checker", incident, "forward_task", body=body)).status_code == 200
    problem(await centre.move("checker", incident, "verify_exists"), 403, "not-your-task")
    back = await centre.walk(incident, ("acceptor", "recall_task"))
    assert back["status"] == "reported"


async def test_a_check_that_stays_unclear_is_sent_again(centre: Centre) -> None:
    incident = await centre.report()
    back = await centre.walk(incident, *TO_CHECKING, ("checker", "check_unclear"))
    assert (back["status"], back["rework_count"]) == ("handled", 0)
    await centre.walk(incident, ("acceptor", "send_to_check"), ("checker", "check_fixed"))


@pytest.mark.parametrize(("share", "crossed"), [(0, False), (1, True)])
async def test_a_sample_of_checks_goes_to_another_cells_steward(
    centre: Centre, session: AsyncSession, share: float, crossed: bool
) -> None:
    await set_rules(centre, cross_check_share=share)
    own = await an_account(session, "steward", username="own", place="610526001001001")
    await a_cell(session, NEXT, column=1)
    other = await an_account(session, "steward", username="neighbour", place=None)
    await a_post(session, other, place=NEXT)
    incident = await centre.report("integration")
    await centre.walk(incident, *TO_CHECKING)
    told = await last(centre, incident)
    assert (told["crossed"], told["assignee"] != str(own.id)) == (crossed, crossed)


async def test_a_sample_without_another_steward_is_no_cross_check(
    centre: Centre, session: AsyncSession
) -> None:
    await set_rules(centre, cross_check_share=1)
    incident = await centre.report("integration")
    for name in ("checker", "steward"):
        centre.accounts[name].active = name != "checker"
    await session.flush()
    await centre.walk(incident, *TO_CHECKING)
    told = await last(centre, incident)
    assert (told["assignee"], told["crossed"]) == (str(centre.id("steward")), False)


async def test_closing_wants_a_photo_from_after_the_dispatch(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_CHECKED)
    soon = datetime.now(UTC) + timedelta(minutes=1)
    for stage, changes in (
        ("before", {}),
        ("after", {"uploaded_at": datetime(2020, 1, 1, tzinfo=UTC)}),
        ("after", {"taken_at": datetime(2020, 1, 1, tzinfo=UTC)}),
        ("after", {"flags": ["same_photo"]}),
        ("after", {"lon": 109.01, "lat": 34.0005}),
        ("after", {"kind": "video"}),
    ):
        await centre.photo(incident, stage, **changes)
        told = problem(await centre.move("supervisor", incident, "close"), 409, "no-after-photo")
    assert told["metres"] == 200
    good = {"taken_at": soon, "uploaded_at": soon, "lon": 109.0006, "lat": 34.0005}
    await centre.photo(incident, "check", **good)
    closed = await centre.move("supervisor", incident, "close")
    assert closed.json()["status"] == "closed"


async def self_handled(centre: Centre) -> str:
    incident = await centre.report()
    for stage in ("before", "after"):
        await centre.photo(incident, stage)
    await centre.walk(incident, ("steward", "self_handle"))
    return incident


async def test_the_reporter_handles_on_the_spot_with_photos_before_and_after(
    centre: Centre,
) -> None:
    incident = await centre.report()
    told = problem(await centre.move("steward", incident, "self_handle"), 409, "photos-missing")
    assert told["missing"] == ["after", "before"]
    await centre.photo(incident, "before")
    told = problem(await centre.move("steward", incident, "self_handle"), 409, "photos-missing")
    assert told["missing"] == ["after"]
    await centre.photo(incident, "after")
    problem(await centre.move("checker", incident, "self_handle"), 403, "not-your-report")
    done = await centre.walk(incident, ("steward", "self_handle"))
    assert (done["status"], done["self_handled"], done["unit"]) == ("handled", True, None)


async def test_a_third_person_reviews_what_was_handled_on_the_spot(
    centre: Centre, session: AsyncSession
) -> None:
    both = await an_account(session, "steward", "acceptor", username="both")
    client = centre.people["steward"].as_(both)
    centre.people["both"], centre.accounts["both"] = client, both
    incident = await centre.report("both")
    for stage in ("before", "after"):
        await centre.photo(incident, stage)
    await centre.walk(incident, ("both", "self_handle"))
    problem(await centre.move("both", incident, "approve_self_handled"), 403, "not-impartial")
    await centre.walk(incident, ("acceptor", "approve_self_handled"), ("supervisor", "close"))


async def test_what_a_unit_handled_is_checked_not_reviewed(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_HANDLED)
    answer = await centre.move("acceptor", incident, "approve_self_handled")
    problem(answer, 409, "not-self-handled")


async def test_no_unit_gets_back_what_it_never_had(centre: Centre) -> None:
    incident = await self_handled(centre)
    problem(await centre.move("acceptor", incident, "return_feedback"), 409, "self-handled")
    await centre.walk(incident, ("acceptor", "send_to_check"), ("checker", "check_not_fixed"))
    problem(await centre.move("dispatcher", incident, "rework"), 422, "no-unit")
    body = {"unit": str(centre.unit.id)}
    sent = (await centre.move("dispatcher", incident, "rework", body=body)).json()
    assert (sent["unit"]["id"], sent["handler_id"], sent["self_handled"]) == (
        body["unit"],
        None,
        False,
    )
    await centre.walk(incident, ("handler", "feed_back"))
    answer = await centre.move("acceptor", incident, "approve_self_handled")
    problem(answer, 409, "not-self-handled")


async def test_a_task_is_seen_by_whom_it_was_given_to(
    centre: Centre, session: AsyncSession
) -> None:
    far = await an_account(session, "steward", username="far", place="610526009")
    client = centre.people["steward"].as_(far)
    incident = await centre.report()
    problem(await client.get(f"{PATH}/{incident}"), 404, "not-found")
    body = {"assignee": str(far.id)}
    await centre.move("acceptor", incident, "send_to_verify", body=body)
    answer = await client.post(f"{PATH}/{incident}/verify-result", {"reply": "exists"})
    assert answer.status_code == 200, answer.text


async def test_nobodys_task_waits_with_everybody_who_may_check(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_CHECKING)
    task = await centre.session.scalar(select(Task).where(Task.incident_id == UUID(incident)))
    assert task is not None
    task.assignee_id = None
    await centre.session.flush()

    async def tasks(who: str) -> list[str]:
        answer = await centre.people[who].get("/api/v1/me/tasks?limit=1")
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await tasks("checker") == [str(task.id)]
    for who in ("steward", "handler", "acceptor"):  # who reported, who handled, who may not check
        assert await tasks(who) == []
