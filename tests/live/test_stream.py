"""The live stream: what arrives, when it resumes, when it ends."""

import asyncio
import signal
import socket
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import jwt
import orjson
import pytest
from sqlalchemy import update

from app import db, pages
from app.auth import ALGORITHM
from app.config import settings
from app.incidents import jobs
from app.live import hub, stream
from app.people.models import Account, Post
from tests.centre import PATH, TO_DISPATCHED, TO_FILED, Centre
from tests.clients import Client, problem
from tests.committed.conftest import Server
from tests.factories import a_post, a_report, an_account
from tests.live.listening import Event, Listener, listening

LIVE = "/api/v1/live"
_ALL = "SELECT id FROM fact ORDER BY fact.xid, id"


async def all_facts() -> list[int]:
    """The numbers of all facts in commit order."""
    return [row["id"] for row in await db.hot(_ALL)]


async def test_a_fact_arrives_with_its_case_soon_after_it_is_written(centre: Centre) -> None:
    async with listening(centre.people["supervisor"]) as listener:
        assert (await listener.next()).name == "ready"
        incident = await centre.report()
        written = time.monotonic()
        event = await listener.next()
        assert time.monotonic() - written < 10  # of which others may hold the log back for some
    assert event.name == "fact"
    assert event.data["incident"] == await centre.seen(incident)
    assert [event.data["fact"]] == (await centre.seen(incident, part="/facts"))["items"]


async def test_an_event_carries_the_cursor_that_the_fact_log_gives(centre: Centre) -> None:
    async with listening(centre.people["supervisor"]) as listener:
        await listener.next()
        await centre.report()
        event = await listener.next()
    page = (await centre.people["supervisor"].get("/api/v1/facts")).json()
    assert event.id == page["next"]


async def test_without_a_worker_the_log_is_looked_at_every_second(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHANNEL", "nobody_listens")
    async with listening(centre.people["supervisor"]) as listener:
        await listener.next()
        await centre.report()
        assert (await listener.next()).name == "fact"


async def test_who_comes_back_again_and_again_misses_nothing_and_gets_nothing_twice(
    centre: Centre,
) -> None:
    me = centre.people["supervisor"]
    async with listening(me) as listener:
        await listener.next()
        last = listener.last

    async def write(who: str) -> None:
        for _ in range(20):
            await centre.walk(await centre.report(who), ("acceptor", "accept"))

    writing = asyncio.gather(*(write(who) for who in ("steward", "checker", "integration")))
    seen: list[int] = []
    while len(seen) < 120:
        async with listening(me, last) as listener:
            seen += [event.fact for event in await listener.facts(min(9, 120 - len(seen)))]
            last = listener.last
    await writing
    assert seen == await all_facts()


async def test_one_listener_of_many_gets_every_fact_in_commit_order(centre: Centre) -> None:
    async def follow(listener: Listener) -> list[int]:
        return [event.fact for event in await listener.facts(60)]

    me = centre.people["supervisor"]
    async with listening(me) as one, listening(me) as two:
        following = [asyncio.create_task(follow(listener)) for listener in (one, two)]
        await asyncio.gather(*(centre.report() for _ in range(60)))
        assert await asyncio.gather(*following) == [await all_facts()] * 2


async def test_i_hear_only_of_what_i_may_see(centre: Centre) -> None:
    incident = await centre.report()
    handler, stranger = centre.people["handler"], centre.people["stranger"]
    async with db.transaction() as session:
        await session.execute(
            update(Post)
            .where(Post.account_id.in_([centre.id("handler"), centre.id("stranger")]))
            .values(valid_to=datetime.now(UTC))
        )
    async with listening(handler) as mine, listening(stranger) as theirs:
        await mine.next()
        await theirs.next()
        await centre.walk(incident, *TO_DISPATCHED, ("handler", "take"))
        assert await _cases_until(mine, "take") == {incident}
        other = await centre.report()
        await centre.walk(other, *TO_FILED)
        await centre.move("dispatcher", other, "dispatch", body={"unit": str(centre.other.id)})
        assert await _cases_until(theirs, "dispatch") == {other}


async def test_what_was_missed_is_shown_only_where_i_may_see_it(centre: Centre) -> None:
    async with db.transaction() as session:
        narrow = await an_account(session, "steward", username="narrow", place="610526001999")
    me = centre.people["steward"].as_(narrow)
    async with listening(me) as listener:
        begun = (await listener.next()).id
    await centre.report()
    await _settled(1)
    async with listening(me, begun) as listener:
        event = await listener.next()
        assert (event.name, event.data) == ("alive", {})
        assert event.id != begun
    own = (await me.post(PATH, a_report())).json()["id"]
    await centre.report()
    await _settled(3)
    async with listening(me, begun) as listener:
        assert (await listener.next()).data["incident"]["id"] == own


async def test_a_sign_of_life_moves_a_narrow_reader_on(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.3)
    async with db.transaction() as session:
        narrow = await an_account(session, "observer", username="narrow", place="610526001999")
    async with listening(centre.people["supervisor"].as_(narrow)) as listener:
        begun = (await listener.next()).id
        await centre.report()
        await _settled(1)
        while (event := await listener.next()).id == begun:
            assert event.name == "alive"
    page = (await centre.people["supervisor"].get("/api/v1/facts")).json()
    assert event.id == page["next"]


@pytest.mark.parametrize("gone", ["token", "account", "right"])
async def test_a_stream_ends_with_what_let_me_in(centre: Centre, gone: str) -> None:
    me = centre.people["observer"]
    if gone == "token":
        ends = datetime.now(UTC) + timedelta(seconds=2)
        claims = {"sub": str(centre.id("observer")), "exp": ends, "use": "access"}
        key = settings().secret_key.get_secret_value()
        me = Client(me.http, jwt.encode(claims, key, algorithm=ALGORITHM))
    async with listening(me) as listener:
        await listener.next()
        if gone != "token":
            changed = {"active": False} if gone == "account" else {"roles": []}
            chosen = update(Account).where(Account.id == centre.id("observer"))
            async with db.transaction() as session:
                await session.execute(chosen.values(**changed))
        assert await asyncio.wait_for(listener.ended(), 5)


async def test_a_right_that_is_withdrawn_ends_what_i_see(centre: Centre) -> None:
    observer = centre.id("observer")

    async def until_seen(everywhere: bool) -> None:
        while [one.actor.everywhere for one in streams_of(observer)] != [everywhere]:
            await asyncio.sleep(0.05)

    async with (
        listening(centre.people["observer"]) as listener,
        listening(centre.people["supervisor"]) as witness,
    ):
        await listener.next()
        async with db.transaction() as session:
            chosen = update(Post).where(Post.account_id == observer)
            await session.execute(chosen.values(valid_to=datetime.now(UTC)))
        await until_seen(everywhere=False)
        await centre.report()
        await witness.facts(1)
        async with db.transaction() as session:
            await a_post(session, centre.accounts["observer"], duty="observer", place="")
        await until_seen(everywhere=True)
        shown = await centre.report()
        (event,) = await listener.facts(1)
        assert event.data["incident"]["id"] == shown


async def test_who_is_too_far_behind_begins_afresh(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_MISSED", 3)
    me = centre.people["supervisor"]
    async with listening(me) as listener:
        begun = (await listener.next()).id
        for _ in range(4):
            await centre.report()
        facts = await listener.facts(4)
    async with listening(me, begun) as listener:
        event = await listener.next()
        assert (event.name, event.id) == ("reset", facts[-1].id)
    async with listening(me, facts[0].id) as listener:
        assert [event.id for event in await listener.facts(3)] == [one.id for one in facts[1:]]


async def test_an_id_of_another_database_begins_afresh(centre: Centre) -> None:
    async with listening(centre.people["supervisor"], pages.encode("99999999", 7)) as listener:
        assert (await listener.next()).name == "reset"


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJ4IiwxXQ"])
async def test_a_damaged_id_is_refused(client: Client, session: Any, cursor: str) -> None:
    me = client.as_(await an_account(session, "observer"))
    problem(await me.get(LIVE, headers={"Last-Event-ID": cursor}), 422, "invalid-request")
    problem(await me.get(f"{LIVE}?after={cursor}"), 422, "invalid-request")


async def test_nobody_listens_without_the_right_to_read_facts(client: Client, session: Any) -> None:
    problem(await client.get(LIVE), 401, "unauthenticated")
    me = client.as_(await an_account(session))
    problem(await me.get(LIVE), 403, "forbidden")


async def test_how_long_a_stream_was_open_is_no_time_of_an_answer(centre: Centre) -> None:
    async def shown() -> list[str]:
        lines = (await centre.people["supervisor"].get("/metrics")).text.splitlines()
        counts = [line for line in lines if "_seconds_count" in line and LIVE in line]
        return [line for line in lines if line.startswith("wangge_live_streams")] + counts

    before = await shown()
    async with listening(centre.people["supervisor"]) as listener:
        await listener.next()
        assert await shown() == ["wangge_live_streams 1.0", *before[1:]]
    while await shown() != before:
        await asyncio.sleep(0.05)


async def test_a_slow_reader_is_ended_and_resumes_without_a_gap(
    address: str, centre: Centre
) -> None:
    items = [a_report() for _ in range(500)]
    host, port = address.removeprefix("http://").split(":")
    token = centre.people["supervisor"].headers["Authorization"]
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((host, int(port)))
        slow.sendall(f"GET {LIVE} HTTP/1.0\r\nHost: x\r\nAuthorization: {token}\r\n\r\n".encode())
        slow.setblocking(False)
        async with listening(centre.people["supervisor"]) as quick:
            await quick.next()
            for _ in range(6):
                await centre.people["integration"].post(f"{PATH}/batch", {"items": items})
            quickly = [event.fact for event in await quick.facts(3000)]
        received = await _all_of(slow)
    slowly = _told(received)
    assert 0 < len(slowly) < 3000
    async with listening(centre.people["supervisor"], slowly[-1].id) as again:
        rest = await again.facts(3000 - len(slowly))
    assert quickly == await all_facts()
    assert [event.fact for event in (*slowly, *rest)] == quickly


async def test_a_server_with_many_open_streams_stops_at_once(serve: Server, pools: str) -> None:
    async with db.transaction() as session:
        account = await an_account(session, "observer")
    process, address = serve()
    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=address, limits=limits, timeout=30) as http,
        AsyncExitStack() as open_ones,
    ):
        streams = [listening(Client(http).as_(account)) for _ in range(200)]
        listeners = [await open_ones.enter_async_context(one) for one in streams]
        for listener in listeners:
            assert (await listener.next()).name == "ready"
        told = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert all([await listener.ended() for listener in listeners])
        while process.poll() is None:
            await asyncio.sleep(0.05)
        assert time.monotonic() - told < 3


def streams_of(account: UUID) -> list[hub.Subscriber]:
    """The streams that somebody has open in this process."""
    return [one for one in hub.current()._subscribers if one.actor.id == account]


async def _cases_until(listener: Listener, kind: str) -> set[str]:
    """The cases that somebody hears of until a kind of fact comes."""
    seen = set()
    while True:
        (event,) = await listener.facts(1)
        seen.add(event.data["incident"]["id"])
        if event.data["fact"]["kind"] == kind:
            return seen


async def _settled(count: int) -> None:
    """Until so many facts can be read in commit order."""
    sql = "SELECT count(*) FROM fact WHERE xid < pg_snapshot_xmin(pg_current_snapshot())"
    while (await db.hot(sql))[0]["count"] < count:
        await asyncio.sleep(0.05)


async def _all_of(connection: socket.socket) -> bytes:
    """What a connection gives until the other side ends it."""
    loop, received = asyncio.get_running_loop(), bytearray()
    while piece := await loop.sock_recv(connection, 65536):
        received += piece
    return bytes(received)


def _told(answer: bytes) -> list[Event]:
    """The facts in an answer, as far as it came."""
    found = []
    for block in answer.decode(errors="ignore").split("\n\n")[:-1]:
        told = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if told.get("event") == "fact":
            found.append(Event("fact", told["id"], orjson.loads(told["data"])))
    return found
