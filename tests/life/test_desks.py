"""The centre's desks: taking up, filing, returning, claiming, merging, placing."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.catalog.conftest import Desk, a_condition
from tests.centre import PATH, TO_CLOSED, TO_DISPATCHED, TO_FILED, TO_HANDLING, Centre
from tests.clients import Client, problem
from tests.factories import a_cell, an_account, middle

ACCEPTED = TO_FILED[:1]


async def test_a_case_walks_from_report_to_close(centre: Centre) -> None:
    incident = await centre.report()
    closed = await centre.walk(incident, *TO_CLOSED)
    facts = (await centre.seen(incident, part="/facts"))["items"]
    assert [fact["kind"] for fact in facts] == ["report", *(name for _, name in TO_CLOSED)]
    assert [fact["version"] for fact in facts] == list(range(1, closed["version"] + 1))
    assert (closed["status"], closed["unit"]["id"]) == ("closed", str(centre.unit.id))
    assert closed["ended_at"] is not None
    assert closed["clock"]["due_at"] is None
    assert [fact["actor_name"] for fact in facts[:2]] == ["姓名steward", "姓名acceptor"]


async def test_an_illegal_move_tells_which_are_legal(centre: Centre) -> None:
    incident = await centre.report()
    told = problem(await centre.move("supervisor", incident, "close"), 409, "illegal-move")
    assert told["state"] == "reported"
    assert {"accept", "reject", "send-to-verify", "self-handle"} <= set(told["legal"])
    assert "已上报" in told["detail"]


async def test_a_stale_version_is_refused_and_nothing_moves(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *ACCEPTED)
    stale = await centre.move("supervisor", incident, "file", headers={"If-Match": '"1"'})
    assert problem(stale, 412, "stale-version")["version"] == 2
    fresh = await centre.move("supervisor", incident, "file", headers={"If-Match": '"2"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"3"')


async def test_a_version_that_is_none_is_refused(centre: Centre) -> None:
    incident = await centre.report()
    answer = await centre.move("acceptor", incident, "accept", headers={"If-Match": "1"})
    assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == "header/if-match"


async def test_an_invisible_case_is_absent(
    centre: Centre, client: Client, session: AsyncSession
) -> None:
    incident = await centre.report()
    elsewhere = client.as_(
        await an_account(session, "acceptor", username="elsewhere", place="610526001009")
    )
    for part in ("", "/facts", "/clock", "/moves", "/reporters"):
        problem(await elsewhere.get(f"{PATH}/{incident}{part}"), 404, "not-found")
    problem(await elsewhere.get(f"{PATH}/{uuid4()}"), 404, "not-found")
    problem(await elsewhere.post(f"{PATH}/{incident}/accept", {}), 404, "not-found")


async def test_an_unchanged_case_is_not_sent_twice(centre: Centre) -> None:
    incident = await centre.report()
    same = await centre.people["observer"].get(
        f"{PATH}/{incident}", headers={"If-None-Match": '"1"'}
    )
    assert (same.status_code, same.content) == (304, b"")


async def test_the_acceptor_may_correct_the_class(centre: Centre) -> None:
    incident = await centre.report()
    taken = await centre.move("acceptor", incident, "accept", body={"category": "E0103"})
    assert taken.json()["category"]["code"] == "E0103"
    unknown = await centre.report()
    answer = await centre.move("acceptor", unknown, "accept", body={"category": "Z9999"})
    assert answer.status_code in (404, 422)
    assert (await centre.seen(unknown))["status"] == "reported"


async def test_a_class_with_several_conditions_wants_one_named(centre: Centre) -> None:
    incident = await centre.report(category="E0101")
    await centre.walk(incident, *ACCEPTED)
    told = problem(await centre.move("supervisor", incident, "file"), 422, "unknown-condition")
    assert told["known"] == ["E0101-1", "E0101-2"]
    filed = await centre.move("supervisor", incident, "file", body={"condition": "E0101-2"})
    assert filed.json()["limit"] | {"condition_id": None} == {
        "condition_id": None,
        "condition": "E0101-2",
        "amount": 15,
        "unit": "work_day",
    }


async def test_the_only_condition_of_a_class_need_not_be_named(centre: Centre) -> None:
    incident = await centre.report()
    filed = await centre.walk(incident, *TO_FILED)
    assert filed["limit"]["condition"] == "E0112-1"
    fact = (await centre.seen(incident, part="/facts"))["items"][-1]
    assert (fact["data"]["condition"], fact["data"]["limit"]) == ("E0112-1", "2工作时")
    assert fact["data"]["edition"] >= 1


async def test_a_new_edition_does_not_touch_a_filed_case(centre: Centre) -> None:
    desk = Desk(centre.people["administrator"])
    incident = await centre.report()
    before = (await centre.walk(incident, *TO_DISPATCHED))["clock"]["due_at"]
    number = await desk.draft()
    changed = a_condition(number=1, limit_amount=9, limit_unit="work_day")
    assert (await desk.put(number, "conditions", "E0112-1", changed)).status_code == 200
    assert (await desk.publish(number)).status_code == 200
    after = await centre.seen(incident)
    assert (after["limit"]["amount"], after["clock"]["due_at"]) == (2, before)
    later = await centre.report()
    assert (await centre.walk(later, *TO_FILED))["limit"]["amount"] == 9


async def test_who_dispatched_what_came_back_does_not_dispatch_it_again(centre: Centre) -> None:
    incident = await centre.report()
    back = await centre.walk(incident, *TO_DISPATCHED, ("handler", "return"))
    assert (back["status"], back["unit"], back["return_count"]) == ("filed", None, 1)
    problem(await centre.move("dispatcher", incident, "dispatch"), 409, "returned-to-you")
    assert (await centre.walk(incident, ("dispatcher2", "dispatch")))["status"] == "dispatched"


async def test_a_supervisor_confirms_a_return_and_the_same_person_goes_on(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED, ("handler", "return"))
    await centre.walk(incident, ("supervisor", "confirm_return"), ("dispatcher", "dispatch"))
    again = await centre.move("supervisor", incident, "confirm_return")
    problem(again, 409, "illegal-move")


async def test_who_filed_what_came_back_neither_files_it_again_nor_confirms(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_FILED, ("dispatcher", "return_filing"))
    problem(await centre.move("supervisor", incident, "file"), 409, "returned-to-you")
    confirm = await centre.move("supervisor", incident, "confirm_return")
    problem(confirm, 409, "nothing-returned")
    await centre.walk(incident, ("supervisor2", "confirm_return"), ("supervisor", "file"))


async def test_a_return_to_the_desk_that_took_it_up_counts_and_says_why(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *ACCEPTED)
    bare = await centre.move("supervisor", incident, "return_report", body={})
    assert problem(bare, 422, "invalid-request")["errors"][0]["pointer"] == "/reason"
    back = await centre.walk(incident, ("supervisor", "return_report"))
    assert (back["status"], back["return_count"]) == ("reported", 1)


async def test_a_claim_keeps_others_away_until_it_is_released(centre: Centre) -> None:
    incident = await centre.report()
    claimed = await centre.walk(incident, ("acceptor", "claim"))
    assert claimed["claimed_by"] == str(centre.id("acceptor"))
    told = problem(await centre.move("acceptor2", incident, "accept"), 409, "claimed-by-other")
    assert told["name"] == "姓名acceptor"
    problem(await centre.move("acceptor2", incident, "claim"), 409, "claimed-by-other")
    problem(await centre.move("acceptor2", incident, "unclaim"), 409, "not-claimed")
    await centre.walk(incident, ("supervisor", "unclaim"), ("acceptor2", "accept"))
    assert (await centre.seen(incident))["claimed_by"] is None


async def test_a_claim_is_for_the_desk_whose_turn_it_is(centre: Centre) -> None:
    incident = await centre.report()
    told = problem(await centre.move("dispatcher", incident, "claim"), 403, "wrong-queue")
    assert told["permission"] == "incident:accept"


async def test_a_queue_hands_out_its_most_urgent_case_once(centre: Centre) -> None:
    first, second = await centre.report(), await centre.report()
    queue = "/api/v1/queues/accept/claim"
    one = await centre.people["acceptor"].post(queue)
    two = await centre.people["acceptor2"].post(queue)
    assert [one.json()["id"], two.json()["id"]] == [first, second]
    assert (await centre.people["acceptor"].post(queue)).status_code == 204
    problem(await centre.people["dispatcher"].post(queue), 403, "forbidden")
    problem(await centre.people["acceptor"].post("/api/v1/queues/none/claim"), 404, "not-found")
    listed = (await centre.people["supervisor"].get("/api/v1/queues")).json()["items"]
    counted = {row["queue"]: (row["waiting"], row["claimed"]) for row in listed}
    assert counted["accept"] == (2, 2)
    assert {counted[name] for name in ("file", "dispatch", "check", "close")} == {(0, 0)}


async def test_a_returned_case_is_not_handed_out_to_whom_it_came_back(centre: Centre) -> None:
    incident = await centre.report()
    await centre.walk(incident, *TO_DISPATCHED, ("handler", "return"))
    queue = "/api/v1/queues/dispatch/claim"
    assert (await centre.people["dispatcher"].post(queue)).status_code == 204
    assert (await centre.people["dispatcher2"].post(queue)).json()["id"] == incident


async def test_merging_keeps_every_reporter_and_each_sees_the_main_case(centre: Centre) -> None:
    main = await centre.report()
    second, third = await centre.report("integration"), await centre.report("checker")
    into = {"into": second}
    assert (await centre.move("acceptor", third, "merge", body=into)).status_code == 200
    merged = await centre.move("acceptor", second, "merge", body={"into": main})
    assert (merged.json()["status"], merged.json()["merged_into"]) == ("merged", main)
    told = (await centre.seen(main, part="/reporters"))["items"]
    everybody = {str(centre.id(name)) for name in ("steward", "integration", "checker")}
    assert {one["account_id"] for one in told} == everybody
    own = await centre.seen(main, "integration", "/reporters")
    assert (own["count"], [one["account_id"] for one in own["items"]]) == (
        3,
        [str(centre.id("integration"))],
    )
    await centre.walk(main, *TO_HANDLING)
    assert (await centre.seen(main, "handler", "/reporters")) == {"count": 3, "items": []}
    assert (await centre.seen(main, "integration"))["status"] == "handling"
    await centre.walk(main, *TO_CLOSED[len(TO_HANDLING) :])
    assert (await centre.kinds(main))[1] == "absorb"


@pytest.mark.parametrize("into", ["itself", "an ended one", "nothing"])
async def test_a_case_is_merged_only_into_another_open_one(centre: Centre, into: str) -> None:
    incident, ended = await centre.report(), await centre.report()
    await centre.walk(ended, ("acceptor", "reject"))
    target = {"itself": incident, "an ended one": ended, "nothing": str(uuid4())}[into]
    answer = await centre.move("acceptor", incident, "merge", body={"into": target})
    problem(answer, 422, "merge-target")


async def test_an_unmerged_case_begins_anew_and_both_tell_of_it(centre: Centre) -> None:
    main, incident = await centre.report(), await centre.report()
    await centre.move("acceptor", incident, "merge", body={"into": main})
    alone = await centre.walk(incident, ("acceptor", "unmerge"))
    assert (alone["status"], alone["merged_into"], alone["ended_at"]) == ("reported", None, None)
    assert alone["clock"]["stage"] == "accept"
    assert (await centre.kinds(main))[-2:] == ["absorb", "release"]
    assert len((await centre.seen(main, part="/reporters"))["items"]) == 1


async def test_a_reopened_case_is_nobodys_until_it_is_dispatched_again(centre: Centre) -> None:
    incident = await centre.report()
    again = await centre.walk(incident, *TO_CLOSED, ("supervisor", "reopen"))
    assert (again["status"], again["ended_at"], again["unit"]) == ("filed", None, None)
    assert again["clock"]["stage"] == "dispatch"
    rejected = await centre.report()
    await centre.walk(rejected, ("acceptor", "reject"), ("supervisor", "reopen"))


async def test_a_case_that_comes_again_at_its_place_is_counted(centre: Centre) -> None:
    first, again = await centre.report(), await centre.report()
    await centre.walk(first, *TO_CLOSED)
    assert (await centre.walk(again, *TO_FILED))["recurrence_count"] == 1
    await a_cell(centre.session, "610526001001006", column=5)
    elsewhere = await centre.report(**middle(5, 0))
    assert (await centre.walk(elsewhere, *TO_FILED))["recurrence_count"] == 0


async def test_a_case_without_a_cell_is_placed_by_cell_or_by_place(
    centre: Centre, session: AsyncSession
) -> None:
    await a_cell(session, "610526001001002", column=1)
    incident = await centre.report(lon=108.9999, lat=34.0005)
    suggested = (await centre.seen(incident))["suggestion"]["cell"]
    placed = await centre.move("acceptor", incident, "place", body={"cell": suggested})
    assert placed.json()["cell"]["code"] == suggested
    assert (placed.json()["suggestion"], placed.json()["status"]) == (None, "reported")
    assert placed.json()["owner"]["id"] == str(centre.unit.id)
    moved = await centre.move("acceptor", incident, "place", body={"place": middle(1, 0)})
    assert moved.json()["cell"]["code"] == "610526001001002"
    assert moved.json()["lon"] == middle(1, 0)["lon"]


@pytest.mark.parametrize(
    "body", [{"cell": "610526999999999"}, {"place": {"lon": 1, "lat": 1, "crs": "wgs84"}}]
)
async def test_placing_nowhere_is_refused(centre: Centre, body: dict[str, Any]) -> None:
    incident = await centre.report()
    answer = await centre.move("acceptor", incident, "place", body=body)
    told = problem(answer, 422, "unknown-cell")
    assert told["errors"][0]["pointer"] == f"/{next(iter(body))}"


@pytest.mark.parametrize(
    "body", [{}, {"cell": "610526001001001", "place": {"lon": 1, "lat": 1, "crs": "wgs84"}}]
)
async def test_placing_names_a_cell_or_a_place(centre: Centre, body: dict[str, Any]) -> None:
    incident = await centre.report()
    answer = await centre.move("acceptor", incident, "place", body=body)
    assert "cell" in problem(answer, 422, "invalid-request")["errors"][0]["detail"]


async def test_the_right_class_is_one_that_is(centre: Centre) -> None:
    incident = await centre.report()
    answer = await centre.move("acceptor", incident, "accept", body={"category": "E9999"})
    assert problem(answer, 422, "unknown-category")["errors"][0]["pointer"] == "/category"
