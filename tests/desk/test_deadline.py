"""The deadline of a move before it is made: the one that the case then has."""

from datetime import datetime
from typing import Any

import pytest

from tests.centre import (
    PATH,
    TO_CHECKING,
    TO_DISPATCHED,
    TO_FILED,
    TO_HANDLED,
    TO_HANDLING,
    Centre,
    Step,
)
from tests.clients import problem

A_MOMENT = 2.0
FAILED = (*TO_CHECKING, ("checker", "check_not_fixed"))
WAYS: list[tuple[tuple[Step, ...], str, str, dict[str, Any]]] = [
    ((), "acceptor", "accept", {}),
    ((), "acceptor", "send-to-verify", {}),
    ((("acceptor", "accept"),), "supervisor", "file", {}),
    (TO_FILED, "dispatcher", "dispatch", {}),
    ((*TO_DISPATCHED, ("handler", "return")), "dispatcher2", "dispatch", {}),
    (TO_HANDLED, "acceptor", "send-to-check", {}),
    (FAILED, "dispatcher", "rework", {}),
]


async def ask(centre: Centre, who: str, case: str, **query: Any) -> Any:
    answer = await centre.people[who].get(f"{PATH}/{case}/deadline", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def apart(one: str, other: str) -> float:
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds())


@pytest.mark.parametrize(("way", "who", "move", "command"), WAYS)
async def test_a_preview_is_what_the_move_then_gives(
    centre: Centre, way: tuple[Step, ...], who: str, move: str, command: dict[str, Any]
) -> None:
    case = await centre.report()
    if way:
        await centre.walk(case, *way)
    before = await centre.seen(case)
    told = await ask(centre, who, case, move=move)
    assert await centre.seen(case) == before, "nothing is written"
    await centre.walk(case, (who, move.replace("-", "_")))
    clock = (await centre.seen(case))["clock"]
    assert told["stage"] == clock["stage"]
    assert apart(told["due_at"], clock["due_at"]) < A_MOMENT
    assert apart(told["yellow_at"], clock["yellow_at"]) < A_MOMENT
    runs = {run["run"]: run for run in (await centre.seen(case, part="/clock"))["items"]}
    run = runs[told["run"]]
    assert (told["stage"], told["limit_seconds"]) == (run["stage"], run["limit_seconds"])
    assert run["state"] == "running"
    assert told["segments"][-1]["end"] == told["due_at"]
    assert told["light"] == "green"


async def test_filing_tells_what_handling_would_have(centre: Centre) -> None:
    case = await centre.report()
    await centre.walk(case, ("acceptor", "accept"))
    told = await ask(centre, "supervisor", case, move="file")
    assert (told["stage"], told["limit"]) == ("dispatch", "0.25紧急工作时")
    await centre.walk(case, ("supervisor", "file"), ("dispatcher", "dispatch"))
    clock = (await centre.seen(case))["clock"]
    assert told["handling"]["stage"] == "handle"
    assert apart(told["handling"]["due_at"], clock["due_at"]) < A_MOMENT


async def test_the_same_unit_goes_on_with_what_was_left(centre: Centre) -> None:
    case = await centre.report()
    await centre.walk(case, *TO_HANDLING, ("handler", "return"))
    again = await ask(centre, "dispatcher2", case, move="dispatch")
    assert (again["continued"], again["run"]) == (True, 4)
    other = await ask(centre, "dispatcher2", case, move="dispatch", unit=str(centre.other.id))
    assert (other["continued"], other["unit_id"]) == (False, str(centre.other.id))


async def test_a_preview_asks_as_the_move_would(centre: Centre) -> None:
    case = await centre.report()
    url = f"{PATH}/{case}/deadline"
    supervisor = centre.people["supervisor"]
    problem(await supervisor.get(f"{url}?move=file"), 409, "illegal-move")
    problem(await centre.people["handler"].get(f"{url}?move=accept"), 403, "forbidden")
    await centre.walk(case, ("acceptor", "accept"))
    wrong = problem(await supervisor.get(f"{url}?move=file&condition=X"), 422, "unknown-condition")
    assert wrong["errors"][0]["pointer"] == "query/condition"
    wrong = problem(await supervisor.get(f"{url}?move=dance"), 422, "invalid-request")
    assert wrong["errors"][0]["pointer"] == "query/move"
