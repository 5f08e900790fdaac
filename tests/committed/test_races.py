"""Several people at one thing at once: one wins, the others are told why, nobody gets a 500."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from app import db
from tests.centre import PATH, Centre, a_centre
from tests.clients import Client, problem
from tests.factories import an_account

RULES = "/api/v1/rules"
CLAIM = "/api/v1/queues/accept/claim"
LOCK = "SELECT 1 FROM incident WHERE id = $1 FOR UPDATE"


@pytest.fixture
async def centre(pools: str, app: FastAPI) -> AsyncIterator[Centre]:
    """A committed centre."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        async with db.transaction() as session:
            made = await a_centre(Client(http), session)
        yield made


async def kinds(incident: str) -> list[str]:
    """The facts of a case; their versions have no gaps."""
    rows = await db.hot(
        "SELECT kind, version FROM fact WHERE incident_id = $1 ORDER BY version", incident
    )
    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["kind"] for row in rows]


@pytest.mark.parametrize("waiting", [30, 70])
async def test_fifty_claims_at_once_hand_out_each_case_once(centre: Centre, waiting: int) -> None:
    async with db.transaction() as session:
        desks = [
            await an_account(session, "acceptor", username=f"desk{number}") for number in range(10)
        ]
    incidents = {await centre.report() for _ in range(waiting)}
    people = [centre.people["acceptor"].as_(account) for account in desks]
    answers = await asyncio.gather(*(people[n % 10].post(CLAIM) for n in range(50)))
    claimed = [answer.json()["id"] for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} <= {200, 204}
    assert len(claimed) == len(set(claimed)) == min(50, waiting)
    assert set(claimed) <= incidents
    for incident in claimed:
        assert await kinds(incident) == ["report", "claim"]


async def test_of_two_people_with_one_version_the_second_is_told_the_new_one(
    centre: Centre,
) -> None:
    incident = await centre.report()
    answers = await asyncio.gather(
        *(
            centre.move(who, incident, name, headers={"If-Match": '"1"'})
            for who, name in (
                ("acceptor", "accept"),
                ("acceptor2", "reject"),
                ("supervisor", "urge"),
            )
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    for answer in answers:
        if answer.status_code == 412:
            assert problem(answer, 412, "stale-version")["version"] == 2


async def test_of_two_moves_without_a_version_the_second_is_told_the_state(centre: Centre) -> None:
    incident = await centre.report()
    answers = await asyncio.gather(
        centre.move("acceptor", incident, "accept"), centre.move("acceptor2", incident, "accept")
    )
    lost = max(answers, key=lambda answer: answer.status_code)
    assert problem(lost, 409, "illegal-move")["state"] == "accepted"
    assert await kinds(incident) == ["report", "accept"]


async def test_opposite_merges_never_block_each_other(centre: Centre) -> None:
    pairs = [(await centre.report(), await centre.report()) for _ in range(12)]
    merges = [
        centre.move(who, one, "merge", body={"into": other})
        for a, b in pairs
        for who, one, other in (("acceptor", a, b), ("acceptor2", b, a))
    ]
    answers = await asyncio.gather(*merges)
    for first, second in zip(answers[::2], answers[1::2], strict=True):
        assert 200 in (first.status_code, second.status_code)
        assert {first.status_code, second.status_code} <= {200, 409, 422}
        assert first.status_code != second.status_code
    for a, b in pairs:
        assert sorted([await kinds(a), await kinds(b)]) == [
            ["report", "absorb"],
            ["report", "merge"],
        ]


async def test_taking_a_merge_back_while_the_other_case_is_merged_on(centre: Centre) -> None:
    for _ in range(8):
        first, second = [await centre.report() for _ in range(2)]
        one, main = (first, second) if _ % 2 else (second, first)
        assert (await centre.move("acceptor", one, "merge", body={"into": main})).status_code == 200
        answers = await asyncio.gather(
            centre.move("supervisor", one, "unmerge"),
            centre.move("acceptor", main, "merge", body={"into": one}),
        )
        assert answers[0].status_code == 200, answers[0].text
        assert answers[1].status_code in (200, 409, 422), answers[1].text


async def test_a_deadlock_asks_for_the_same_request_again(centre: Centre, pools: str) -> None:
    """With somebody who does not keep the order, as by hand on the database."""
    low, high = sorted([await centre.report(), await centre.report()])
    other = await asyncpg.connect(pools, server_settings={"deadlock_timeout": "60s"})
    transaction = other.transaction()
    await transaction.start()
    await other.execute(LOCK.replace("$1", f"'{high}'"))
    merging = asyncio.create_task(centre.move("acceptor", low, "merge", body={"into": high}))
    await asyncio.sleep(0.3)
    await other.execute(LOCK.replace("$1", f"'{low}'"))
    await transaction.rollback()
    await other.close()
    answer = await merging
    problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    again = await centre.move("acceptor", low, "merge", body={"into": high})
    assert again.status_code == 200, again.text


async def test_of_rules_published_at_once_from_one_version_one_counts(centre: Centre) -> None:
    boss = centre.people["administrator"]
    answers = await asyncio.gather(
        *(
            boss.put(RULES, {"most_extensions": number}, headers={"If-Match": '"0"'})
            for number in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5
    await asyncio.gather(*(boss.put(RULES, {"most_extensions": number}) for number in range(6)))
    assert [row["version"] for row in await db.hot("SELECT version FROM rules_version")] == list(
        range(1, 8)
    )


async def test_new_rules_hold_at_once_however_many_read_meanwhile(centre: Centre) -> None:
    boss = centre.people["administrator"]
    stop = asyncio.Event()

    async def read() -> None:
        while not stop.is_set():
            await boss.get(RULES)

    readers = [asyncio.create_task(read()) for _ in range(8)]
    for version in range(1, 15):
        await boss.put(RULES, {"most_extensions": version % 5})
        assert (await boss.get(RULES)).json()["version"] == version
    stop.set()
    await asyncio.gather(*readers)


async def test_a_case_is_read_whole_while_it_moves(centre: Centre) -> None:
    incident = await centre.report()

    async def urge() -> None:
        for _ in range(15):
            assert (await centre.move("supervisor", incident, "urge")).status_code == 200

    await asyncio.gather(urge(), urge())
    assert await kinds(incident) == ["report", *["urge"] * 30]
    case = (await centre.people["supervisor"].get(f"{PATH}/{incident}")).json()
    assert case["version"] == 31
