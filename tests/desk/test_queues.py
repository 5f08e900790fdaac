"""Queues: each is one condition, which its count, its list and the counter of the list share."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.incidents import likeness, queues
from app.incidents.models import Incident
from app.incidents.waiting import QUEUES, QueueName
from tests.centre import (
    PATH,
    TO_CHECKED,
    TO_CHECKING,
    TO_CLOSED,
    TO_DISPATCHED,
    TO_FILED,
    TO_HANDLED,
    TO_HANDLING,
    Centre,
    Step,
)
from tests.clients import Client
from tests.factories import an_account, middle

URL = "/api/v1/queues"
AWAY = {**middle(0, 0), "lat": 12.0}
UNTIL = {"reason": "等待天气", "until": (datetime.now(UTC) + timedelta(days=3)).isoformat()}
BOTH = (("dispatcher", "approve"), ("supervisor", "suspend"))
WAYS: dict[QueueName, tuple[Step, ...]] = {
    QueueName.ACCEPT: (),
    QueueName.VERIFY: (("acceptor", "send_to_verify"),),
    QueueName.FILE: (("acceptor", "accept"),),
    QueueName.DISPATCH: TO_FILED,
    QueueName.DISPATCHED: TO_DISPATCHED,
    QueueName.HANDLING: TO_HANDLING,
    QueueName.CHECK: TO_HANDLED,
    QueueName.CHECKING: TO_CHECKING,
    QueueName.CLOSE: TO_CHECKED,
    QueueName.RETURNS: (*TO_DISPATCHED, ("handler", "return")),
    QueueName.EXTENSIONS: (*TO_HANDLING, ("handler", "request_extension")),
    QueueName.VOIDS: (("acceptor", "request_void"),),
    QueueName.SUPERVISED: (("supervisor", "supervise"),),
    QueueName.MINE: (("acceptor", "claim"),),
}
"""How a case comes into a queue."""


async def waiting(client: Client) -> dict[str, int]:
    """How much waits in each queue."""
    answer = await client.get(URL)
    assert answer.status_code == 200, answer.text
    return {row["queue"]: row["waiting"] for row in answer.json()["items"]}


async def listed(client: Client, **query: Any) -> set[str]:
    answer = await client.get(PATH, params={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.json()["items"]}


async def change(centre: Centre, incident: str, **changes: Any) -> None:
    row = await centre.session.get_one(Incident, UUID(incident), populate_existing=True)
    for name, value in changes.items():
        setattr(row, name, value)
    await centre.session.flush()


async def one_in_each(centre: Centre) -> dict[str, str]:
    """A case for every queue, by its name."""
    found: dict[str, str] = {}
    for name, steps in WAYS.items():
        found[name] = await centre.report()
        if steps:
            await centre.walk(found[name], *steps)
    now = datetime.now(UTC)
    for name in (QueueName.SUSPENSIONS, QueueName.SUSPENDED):
        found[name] = await centre.report()
        await centre.walk(found[name], *TO_HANDLING)
        await centre.move("handler", found[name], "request_suspension", body=UNTIL)
    await centre.walk(found[QueueName.SUSPENDED], *BOTH)
    found[QueueName.APPEALS] = await centre.report()
    await centre.walk(found[QueueName.APPEALS], *TO_CLOSED)
    await change(centre, found[QueueName.APPEALS], overdue_at=now)
    await centre.walk(found[QueueName.APPEALS], ("handler", "appeal"))
    found[QueueName.OVERDUE] = await centre.report()
    late = now - timedelta(minutes=1)
    await change(centre, found[QueueName.OVERDUE], due_at=late, yellow_at=late)
    found[QueueName.NO_CELL] = await centre.report(**AWAY)
    found[QueueName.DUPLICATES] = await centre.report(category="C0201")
    await centre.report(category="C0201")
    await likeness.look_at(centre.session, [UUID(found[QueueName.DUPLICATES])])
    return found


async def test_what_is_counted_is_what_is_listed_for_everybody(centre: Centre) -> None:
    cases = await one_in_each(centre)
    assert set(cases) == set(QueueName)
    for who in ("acceptor", "dispatcher", "supervisor", "evaluator", "handler", "leader"):
        client = centre.people[who]
        counted = await waiting(client)
        assert list(counted) == list(QueueName)
        for queue in QueueName:
            found = await listed(client, queue=queue)
            assert len(found) == counted[queue], (who, queue)
            total = (await client.get(f"{PATH}/count?queue={queue}")).json()
            assert total == {"count": counted[queue], "exact": True}, (who, queue)
    acceptor = centre.people["acceptor"]
    for queue in set(QueueName) - {QueueName.DUPLICATES}:
        assert cases[queue] in await listed(acceptor, queue=queue), queue
    assert len(await listed(acceptor, queue="duplicates")) == 2


async def test_somebody_with_a_part_of_the_city_counts_that_part(
    centre: Centre, session: AsyncSession, client: Client
) -> None:
    await one_in_each(centre)
    nobody = client.as_(await an_account(session, "supervisor", username="n", place=None))
    there = client.as_(
        await an_account(session, "supervisor", username="t", place="610526001001001")
    )
    for who in (nobody, there):
        counted = await waiting(who)
        for queue in QueueName:
            assert len(await listed(who, queue=queue)) == counted[queue], queue
    assert set((await waiting(nobody)).values()) == {0, 1}
    everywhere = await waiting(centre.people["supervisor"])
    assert await waiting(there) == everywhere


async def test_requests_wait_for_whom_the_rules_name(centre: Centre) -> None:
    cases = await one_in_each(centre)
    extension = cases[QueueName.EXTENSIONS]
    asked = {"queue": "extensions"}
    assert await listed(centre.people["dispatcher"], **asked) == {extension}
    assert not await listed(centre.people["supervisor"], **asked)
    assert await listed(centre.people["acceptor"], **asked) == {extension}, "who decides nothing"
    await centre.walk(extension, ("dispatcher", "approve"))
    assert await listed(centre.people["supervisor"], **asked) == {extension}
    assert not await listed(centre.people["dispatcher"], **asked)
    assert await listed(centre.people["evaluator"], queue="appeals") == {cases["appeals"]}
    assert not await listed(centre.people["supervisor"], queue="appeals")
    assert await listed(centre.people["supervisor"], queue="voids") == {cases["voids"]}


async def test_each_queue_says_whose_duty_it_is(centre: Centre) -> None:
    items = (await centre.people["dispatcher"].get(URL)).json()["items"]
    yours = {row["queue"] for row in items if row["yours"]}
    assert {"dispatch", "extensions", "suspensions", "mine", "duplicates"} <= yours
    assert not {"accept", "file", "close", "voids", "appeals", "returns"} & yours
    desks = {row["queue"] for row in items if row["kind"] == "desk"}
    assert desks == {"accept", "file", "dispatch", "check", "close"}
    assert {row["permission"] for row in items if row["queue"] == "file"} == {"incident:file"}
    assert {row["label"] for row in items} == {queue.label for queue in QUEUES.values()}


async def test_a_queue_is_narrowed_by_other_filters(centre: Centre) -> None:
    cases = await one_in_each(centre)
    client = centre.people["supervisor"]
    assert not await listed(client, queue="dispatch", status="closed")
    both = await listed(client, queue="dispatch", status=["filed", "closed"])
    assert both == {cases["dispatch"], cases["returns"]}
    assert await listed(client, queue="overdue", light="red") == {cases["overdue"]}
    assert not await listed(client, queue="overdue", light="green")
    assert cases["overdue"] in await listed(client, queue="overdue", sort="due_at")


async def test_claims_that_have_run_out_are_nobodys(centre: Centre) -> None:
    case, other = await centre.report(), await centre.report()
    await centre.walk(case, ("acceptor", "claim"))
    acceptor = centre.people["acceptor"]
    assert await listed(acceptor, claimed="true") == {case}
    assert await listed(acceptor, claimed="false") == {other}
    await change(centre, case, claimed_at=datetime.now(UTC) - timedelta(hours=5))
    assert not await listed(acceptor, queue="mine")
    assert not await listed(acceptor, claimed="true")
    assert await listed(acceptor, claimed="false") == {case, other}


async def test_a_duplicate_leaves_with_the_other_case(centre: Centre) -> None:
    first, second = await centre.report(), await centre.report()
    far = await centre.report(**{**middle(0, 0), "lat": 34.00099})
    await likeness.look_at(centre.session, [UUID(second), UUID(far)])
    acceptor = centre.people["acceptor"]
    assert await listed(acceptor, queue="duplicates") == {first, second}
    await centre.move("acceptor", second, "accept", body={"category": "C0201"})
    await likeness.look_at(centre.session, [UUID(second)])
    assert not await listed(acceptor, queue="duplicates")
    third = await centre.report()
    await likeness.look_at(centre.session, [UUID(third)])
    assert await listed(acceptor, queue="duplicates") == {first, third}
    await centre.move("acceptor", third, "merge", body={"into": first})
    assert not await listed(acceptor, queue="duplicates")


async def test_the_same_photo_makes_two_cases_alike(centre: Centre) -> None:
    first, second = await centre.report(), await centre.report(category="C0201")
    photo = await centre.photo(first, "report")
    await centre.photo(second, "report", flags=["same_photo"], twin_id=photo.id)
    await likeness.look_at(centre.session, [UUID(second)])
    assert await listed(centre.people["acceptor"], queue="duplicates") == {first, second}
    await centre.walk(first, ("acceptor", "reject"))
    assert not await listed(centre.people["acceptor"], queue="duplicates")
    await likeness.sweep()


async def test_counters_are_two_statements_and_shared_for_a_moment(
    centre: Centre, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await centre.report()
    await waiting(centre.people["supervisor"])
    statements.clear()
    await waiting(centre.people["supervisor"])
    assert len(statements) == 3, "the actor, the shared counters, one's own"
    kept = settings().model_copy(update={"counter_cache_seconds": 60})
    monkeypatch.setattr("app.remembered.settings", lambda: kept)
    before = await waiting(centre.people["supervisor"])
    await centre.report()
    assert await waiting(centre.people["acceptor"]) == before
    queues._COUNTED.forget()
    assert (await waiting(centre.people["acceptor"]))["accept"] == 2
