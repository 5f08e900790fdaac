"""One move for many cases: each as if it had been asked for alone."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import db
from tests.centre import PATH, TO_CHECKED, TO_DISPATCHED, TO_FILED, Centre
from tests.clients import problem

URL = f"{PATH}/bulk"


async def bulk(centre: Centre, who: str, move: str, *ids: Any, **command: Any) -> Any:
    """The results of one move on some cases; an id may come with a version."""
    items = [{"id": i} if isinstance(i, str) else {"id": i[0], "version": i[1]} for i in ids]
    body = {"move": move, "command": command, "items": items}
    return await centre.people[who].post(URL, body)


async def results(centre: Centre, who: str, move: str, *ids: Any, **command: Any) -> list[str]:
    """ "done", or the name of the refusal, in order."""
    answer = await bulk(centre, who, move, *ids, **command)
    assert answer.status_code == 200, answer.text
    told = answer.json()["results"]
    assert [one["id"] for one in told] == [i if isinstance(i, str) else i[0] for i in ids]
    for one in told:
        assert (one["incident"] is None) is (one["problem"] is not None)
    return [one["problem"]["type"][10:] if one["problem"] else one["result"] for one in told]


async def test_the_others_are_done_when_some_are_refused(centre: Centre) -> None:
    new, taken, claimed = [await centre.report() for _ in range(3)]
    await centre.walk(taken, ("acceptor", "accept"))
    await centre.walk(claimed, ("acceptor2", "claim"))
    absent = str(uuid4())
    asked = (taken, new, absent, claimed)
    found = await results(centre, "acceptor", "accept", *asked)
    assert found == ["illegal-move", "done", "not-found", "claimed-by-other"]
    assert (await centre.seen(new))["status"] == "accepted"
    assert (await centre.seen(claimed))["status"] == "reported"


async def test_bulk_dispatch_and_assign(centre: Centre) -> None:
    cases = [await centre.report() for _ in range(3)]
    for case in cases:
        await centre.walk(case, *TO_FILED)
    unit = str(centre.other.id)
    answer = await bulk(centre, "dispatcher", "dispatch", *cases, unit=unit, instruction="请办")
    told = [one["incident"] for one in answer.json()["results"]]
    assert {(one["status"], one["unit"]["id"]) for one in told} == {("dispatched", unit)}
    fact = (await centre.seen(cases[0], part="/facts"))["items"][-1]
    assert fact["data"]["instruction"] == "请办"
    mine = await centre.report()
    await centre.walk(mine, *TO_DISPATCHED)
    handler = str(centre.id("handler"))
    found = await results(centre, "unit_head", "assign", mine, cases[0], handler=handler)
    assert found == ["done", "not-your-unit"]


async def test_a_case_that_changed_meanwhile_is_refused_alone(centre: Centre) -> None:
    one, other = await centre.report(), await centre.report()
    await centre.walk(one, ("acceptor", "claim"))
    found = await results(centre, "acceptor", "accept", (one, 1), (other, 1))
    assert found == ["stale-version", "done"]


async def test_addresses_that_moves_share(centre: Centre) -> None:
    cases = [await centre.report() for _ in range(2)]
    for case in cases:
        await centre.walk(case, ("acceptor", "send_to_verify"))
    found = await results(centre, "checker", "verify-result", *cases, reply="exists")
    assert found == ["done", "done"]
    void = await centre.report()
    await centre.walk(void, ("acceptor", "request_void"))
    assert await results(centre, "supervisor", "decide", void, approved=True) == ["done"]
    assert (await centre.seen(void))["status"] == "voided"


async def test_the_same_case_twice_is_moved_once(centre: Centre) -> None:
    case = await centre.report()
    assert await results(centre, "acceptor", "accept", case, case) == ["done", "illegal-move"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"move": "media"}, "/move"),
        ({"move": "no-such-move"}, "/move"),
        ({"move": "accept", "command": {"category": 7}}, "/command/category"),
        ({"move": "accept", "command": {"colour": "red"}}, "/command/colour"),
        ({"move": "reject", "command": {}}, "/command/reason"),
        ({"move": "accept", "items": []}, "/items"),
        ({"move": "accept", "items": [{"id": 1}]}, "/items/0/id"),
        ({"move": "accept", "items": [{"id": str(uuid4()), "version": 0}]}, "/items/0/version"),
        ({"move": "accept", "items": [{"id": str(uuid4())}] * 201}, "/items"),
    ],
)
async def test_a_mistake_in_the_request_names_itself_and_nothing_is_done(
    centre: Centre, body: dict[str, Any], pointer: str
) -> None:
    case = await centre.report()
    answer = await centre.people["supervisor" if "reject" in str(body) else "acceptor"].post(
        URL, {"items": [{"id": case}], **body}
    )
    errors = problem(answer, 422, "invalid-request")["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert await centre.kinds(case) == ["report"]


async def test_whoever_may_not_make_the_move_at_all_hears_it_once(centre: Centre) -> None:
    case = await centre.report()
    problem(await bulk(centre, "handler", "accept", case), 403, "forbidden")
    problem(await bulk(centre, "acceptor", "close", case), 403, "forbidden")


STAGES = ((), (("acceptor", "accept"),), TO_FILED, TO_DISPATCHED, TO_CHECKED)
MOVES = (
    ("acceptor", "accept"),
    ("supervisor", "file"),
    ("dispatcher", "dispatch"),
    ("supervisor", "close"),
    ("acceptor", "urge"),
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.integers(0, len(STAGES) - 1), min_size=1, max_size=3), st.sampled_from(MOVES))
async def test_many_at_once_are_as_each_alone(
    centre: Centre, stages: list[int], move: tuple[str, str]
) -> None:
    who, name = move
    alone, together = [], []
    for stage in stages:
        for cases in (alone, together):
            cases.append(await centre.report())
            if STAGES[stage]:
                await centre.walk(cases[-1], *STAGES[stage])
    found = await results(centre, who, name, *together)
    for case, twin, result in zip(alone, together, found, strict=True):
        answer = await centre.move(who, case, name)
        slug = "done" if answer.status_code == 200 else answer.json()["type"][10:]
        assert slug == result
        assert (await centre.seen(twin))["status"] == (await centre.seen(case))["status"]
        assert await centre.kinds(twin) == await centre.kinds(case)


async def test_a_fault_in_one_case_is_told_and_the_others_go_on(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await centre.report(), await centre.report()
    whole, calls = db.transaction, iter((True, False))

    def breaking() -> Any:
        if next(calls):
            raise RuntimeError("a fault of our own")
        return whole()

    monkeypatch.setattr(db, "transaction", breaking)
    found = await results(centre, "acceptor", "accept", first, second)
    assert found == ["internal-error", "done"]
