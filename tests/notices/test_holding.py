"""Quiet hours hold messages back; at their end they go out as one."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.notices import jobs
from app.people.models import Account
from tests.clients import Client
from tests.notices.arranging import (
    HOUR,
    by_email,
    by_webhook,
    jobs_waiting,
    prefer,
    quiet,
    signature,
    states,
    tell,
    time_passes,
)
from tests.notices.receivers import Hooks, Mailbox

pytestmark = pytest.mark.usefixtures("configured")


async def test_quiet_hours_hold_messages_and_send_one_digest_at_their_end(
    client: Client, session: AsyncSession, hooks: Hooks, box: Mailbox, wang: Account
) -> None:
    over = quiet(-3 * HOUR, -1 * HOUR)
    await prefer(client, wang, by_webhook(hooks), by_email(), over)
    for number in (1, 2, 0):  # a digest is in the order of events
        await tell(session, wang, ago=(20 - number) * HOUR / 10, title=f"案件{number}")
    assert await jobs_waiting(session) == 0
    assert set(await states(client, wang)) == {"email held", "webhook held"}
    await jobs.deliver()
    assert (hooks.posts, box.mails) == ([], [])
    await jobs.wake()
    assert await jobs_waiting(session) == 1
    await jobs.deliver()
    (post,), (mail,) = hooks.posts, box.mails
    assert [m["title"] for m in post.json["messages"]] == ["案件0", "案件1", "案件2"]
    assert mail["Subject"] == "3 条通知：案件0"
    text = mail.get_body(("plain",))
    assert text is not None
    assert [f"【案件{n}】" in text.get_content() for n in range(3)] == [True] * 3
    assert set(await states(client, wang)) == {"email sent", "webhook sent"}


async def test_the_inbox_does_not_wait_and_urgent_breaks_through(
    client: Client, session: AsyncSession, hooks: Hooks, wang: Account
) -> None:
    await prefer(client, wang, by_webhook(hooks), quiet(-HOUR, HOUR))
    await tell(session, wang, title="平常")
    await tell(session, wang, title="紧急", urgent=True)
    assert (await client.as_(wang).get("/api/v1/me/notices/count")).json() == {"unread": 2}
    await jobs.wake()
    await jobs.deliver()
    assert [m["title"] for post in hooks.posts for m in post.json["messages"]] == ["紧急"]
    assert await states(client, wang) == ["webhook sent", "webhook held"]


async def test_a_try_that_falls_into_quiet_hours_waits_too(
    client: Client, session: AsyncSession, hooks: Hooks, wang: Account
) -> None:
    hooks.statuses = [500]
    await prefer(client, wang, by_webhook(hooks))
    await tell(session, wang)
    await jobs.deliver()
    await prefer(client, wang, by_webhook(hooks), quiet(-HOUR, HOUR))
    await time_passes(session)
    await jobs.deliver()
    assert len(hooks.posts) == 1
    assert await states(client, wang) == ["webhook held"]


async def test_ending_quiet_hours_lets_held_messages_go(
    client: Client, session: AsyncSession, hooks: Hooks, wang: Account
) -> None:
    await prefer(client, wang, by_webhook(hooks), quiet(-HOUR, HOUR))
    for _ in range(2):
        await tell(session, wang)
    told = await prefer(client, wang, {"webhook": {"url": by_webhook(hooks)["webhook"]["url"]}})
    assert told["quiet"] is None
    await jobs.wake()
    await jobs.deliver()
    (post,) = hooks.posts
    assert len(post.json["messages"]) == 2
    assert post.headers["wangge-signature"] == signature(post)  # the secret stayed
