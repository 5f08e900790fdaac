"""The inbox: telling people, reading, counting; one's own and nobody else's."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app import db
from app.config import settings
from app.notices import jobs
from app.notices.models import Notice
from app.notices.service import Message, notify
from app.people.models import Account
from tests.clients import Client, problem
from tests.factories import an_account, ids

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_message(number: int = 1, **changes: Any) -> Message:
    fixed: dict[str, Any] = {"kind": "overdue", "title": f"超时{number}", "body": "案件已超时"}
    return Message(**{**fixed, **changes})


@pytest.fixture
async def wang(session: AsyncSession) -> Account:
    return await an_account(session, "steward", username="wang")


@pytest.fixture
async def li(session: AsyncSession) -> Account:
    return await an_account(session, "steward", username="li")


async def inbox(client: Client, account: Account, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.as_(account).get("/api/v1/me/notices", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def unread(client: Client, account: Account) -> int:
    answer = await client.as_(account).get("/api/v1/me/notices/count")
    count: int = answer.json()["unread"]
    return count


async def tell(session: AsyncSession, count: int, *accounts: Account) -> None:
    """Some messages, one minute apart; the first is the oldest."""
    for number in range(count):
        await notify(session, [a.id for a in accounts], a_message(number), at=NOW + number * MINUTE)


async def test_a_message_lies_in_the_inbox_of_each_recipient(
    client: Client, session: AsyncSession, wang: Account, li: Account
) -> None:
    case = uuid4()
    message = a_message(incident_id=case, urgent=True)
    assert await notify(session, {wang.id, li.id}, message, at=NOW) == 2
    for account in (wang, li):
        (notice,) = await inbox(client, account)
        UUID(notice.pop("id"))
        assert notice == {
            "kind": "overdue",
            "title": "超时1",
            "body": "案件已超时",
            "incident_id": str(case),
            "urgent": True,
            "at": "2026-11-20T02:00:00Z",
            "read_at": None,
            "deliveries": [],
        }
        assert await unread(client, account) == 1


async def test_a_key_comes_once_per_person(
    client: Client, session: AsyncSession, wang: Account, li: Account
) -> None:
    message = a_message(key="overdue:7")
    assert await notify(session, [wang.id], message, at=NOW) == 1
    assert await notify(session, [wang.id, li.id], message, at=NOW + MINUTE) == 1
    assert await notify(session, [wang.id, li.id, wang.id], message, at=NOW) == 0
    assert len(await inbox(client, wang)) == len(await inbox(client, li)) == 1


async def test_messages_without_a_key_are_all_different(
    client: Client, session: AsyncSession, wang: Account
) -> None:
    for _ in range(2):
        assert await notify(session, [wang.id], a_message(), at=NOW) == 1
    assert await unread(client, wang) == 2


async def test_nobody_and_inactive_people_are_told_nothing(
    session: AsyncSession, wang: Account, li: Account
) -> None:
    li.active = False
    await session.flush()
    assert await notify(session, [], a_message(), at=NOW) == 0
    assert await notify(session, [li.id, uuid4(), wang.id], a_message(), at=NOW) == 1


@contextmanager
def counted(connection: AsyncConnection) -> Iterator[list[str]]:
    """The statements on notices in a block, through whichever door they come."""
    seen: list[str] = []

    def note(text: Any) -> None:
        if " notice" in str(text):
            seen.append(str(text))

    def from_core(_: Any, __: Any, text: str, *___: Any) -> None:
        note(text)

    raw = connection.sync_connection
    assert raw is not None
    driver: Any = raw.connection.driver_connection

    def from_driver(query: Any) -> None:
        note(query.query)

    event.listen(raw, "before_cursor_execute", from_core)
    with driver.query_logger(from_driver):
        yield seen
    event.remove(raw, "before_cursor_execute", from_core)


async def test_a_thousand_recipients_are_one_statement(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    people = [Account(username=f"p{n}", name="某人", roles=["steward"]) for n in range(1000)]
    session.add_all(people)
    await session.flush()
    with counted(connection) as statements:
        assert await notify(session, [p.id for p in people], a_message(), at=NOW) == 1000
        await asyncio.sleep(0)
    assert len(statements) == 1


async def test_the_inbox_is_paged_newest_first_and_a_page_is_two_statements(
    client: Client, session: AsyncSession, wang: Account, connection: AsyncConnection
) -> None:
    await tell(session, 7, wang)
    await notify(session, [wang.id], a_message(7), at=NOW + 6 * MINUTE)  # at the same time as 6
    speaks = client.as_(wang)
    titles: list[str] = []
    asked: dict[str, Any] = {"limit": 3}
    while True:
        with counted(connection) as statements:
            page = (await speaks.get("/api/v1/me/notices", params=asked)).json()
        assert len(statements) == 2  # the notices, their deliveries
        titles += [item["title"] for item in page["items"]]
        if page["next"] is None:
            break
        asked["after"] = page["next"]
    assert titles == [f"超时{n}" for n in (7, 6, 5, 4, 3, 2, 1, 0)]


async def test_the_inbox_is_filtered(client: Client, session: AsyncSession, wang: Account) -> None:
    await tell(session, 2, wang)
    await notify(session, [wang.id], a_message(9, kind="assigned"), at=NOW)
    (other,) = await inbox(client, wang, kind="assigned")
    assert other["title"] == "超时9"
    await client.as_(wang).post("/api/v1/me/notices/read", {"ids": [other["id"]]})
    assert ids(await inbox(client, wang, unread="false")) == [UUID(other["id"])]
    assert len(await inbox(client, wang, unread="true")) == 2
    assert await inbox(client, wang, unread="true", kind="assigned") == []


async def test_notices_are_read_one_by_one_or_up_to_a_moment(
    client: Client, session: AsyncSession, wang: Account
) -> None:
    await tell(session, 5, wang)
    speaks = client.as_(wang)
    newest = (await inbox(client, wang))[0]["id"]
    for marked in (1, 0):  # the second time changes nothing
        answer = await speaks.post("/api/v1/me/notices/read", {"ids": [newest]})
        assert answer.json() == {"read": marked}
    until = (NOW + 2 * MINUTE).isoformat()
    answer = await speaks.post("/api/v1/me/notices/read", {"until": until})
    assert answer.json() == {"read": 3}
    assert await unread(client, wang) == 1
    assert [n["title"] for n in await inbox(client, wang, unread="true")] == ["超时3"]


async def test_nobody_reads_or_marks_the_inbox_of_another(
    client: Client, session: AsyncSession, wang: Account, li: Account
) -> None:
    await tell(session, 2, wang)
    theirs = [item["id"] for item in await inbox(client, wang)]
    assert await inbox(client, li) == []
    for data in ({"ids": theirs}, {"until": (NOW + 9 * MINUTE).isoformat()}):
        answer = await client.as_(li).post("/api/v1/me/notices/read", data)
        assert answer.json() == {"read": 0}
    assert await unread(client, wang) == 2
    problem(await client.get("/api/v1/me/notices"), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({}, ""),
        ({"ids": [str(UUID(int=1))], "until": NOW.isoformat()}, ""),
        ({"ids": []}, "/ids"),
        ({"ids": ["x"]}, "/ids/0"),
        ({"until": "2026-11-20T02:00:00"}, "/until"),
    ],
)
async def test_what_to_read_is_said_clearly(
    client: Client, wang: Account, data: dict[str, Any], pointer: str
) -> None:
    answer = await client.as_(wang).post("/api/v1/me/notices/read", data)
    assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == pointer


async def test_the_count_is_read_from_the_index_of_unread_notices(
    session: AsyncSession, wang: Account, li: Account
) -> None:
    await tell(session, 20, wang, li)
    await session.execute(update(Notice).values(read_at=NOW).where(Notice.title != "超时3"))
    explained = await db.within(
        session,
        "EXPLAIN SELECT count(*) FROM notice WHERE account_id = $1 AND read_at IS NULL",
        wang.id,
    )
    assert "ix_notice_unread" in "\n".join(row[0] for row in explained)


async def test_notices_read_long_ago_are_forgotten_unread_ones_stay(
    client: Client, session: AsyncSession, wang: Account
) -> None:
    await tell(session, 3, wang)
    days = timedelta(days=settings().notice_days)
    now = datetime.now(UTC)
    for title, read_at in (("超时0", now - days - MINUTE), ("超时1", now - days + MINUTE)):
        await session.execute(update(Notice).where(Notice.title == title).values(read_at=read_at))
    await jobs.sweep()
    assert sorted(await session.scalars(select(Notice.title))) == ["超时1", "超时2"]
