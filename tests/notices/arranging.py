"""Choices, messages and time, as the tests of notices arrange them."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.notices.models import NoticeDelivery
from app.notices.service import Message, notify
from app.people.models import Account
from tests.clients import Client
from tests.notices.receivers import Hooks, Post

SECRET = "a secret of the receiver"
PREFERENCES = "/api/v1/me/notice-preferences"
HOUR = timedelta(hours=1)


def by_email(**more: Any) -> dict[str, Any]:
    return {"email": {"address": "wang@city.example", **more}}


def by_webhook(hooks: Hooks, **more: Any) -> dict[str, Any]:
    url = f"http://127.0.0.1:{hooks.port}/in?from=wangge"
    return {"webhook": {"url": url, "secret": SECRET, **more}}


def quiet(begins: timedelta, ends: timedelta) -> dict[str, Any]:
    """Quiet hours from and to so long after now, by the city's clock."""
    now = datetime.now(settings().zone)
    times = {"begins": now + begins, "ends": now + ends}
    return {"quiet": {name: f"{at:%H:%M}" for name, at in times.items()}}


async def prefer(client: Client, account: Account, *choices: dict[str, Any]) -> dict[str, Any]:
    wanted = {name: value for choice in choices for name, value in choice.items()}
    answer = await client.as_(account).put(PREFERENCES, wanted)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def tell(
    session: AsyncSession, account: Account, *, ago: timedelta = timedelta(), **more: Any
) -> None:
    fixed = {"kind": "overdue", "title": "案件超时", "body": "请尽快处置"}
    message = Message(**{**fixed, **more})
    assert await notify(session, [account.id], message, at=datetime.now(UTC) - ago) == 1


async def jobs_waiting(session: AsyncSession) -> int:
    sql = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'notices.deliver'"
    return int(await session.scalar(text(sql)) or 0)


async def deliveries(client: Client, account: Account) -> list[dict[str, Any]]:
    items = (await client.as_(account).get("/api/v1/me/notices")).json()["items"]
    return [delivered for item in items for delivered in item["deliveries"]]


async def states(client: Client, account: Account) -> list[str]:
    return [f"{d['channel']} {d['state']}" for d in await deliveries(client, account)]


def signature(post: Post) -> str:
    """What a receiver expects in the header, as docs/webhooks.md tells."""
    signed = post.headers["wangge-timestamp"].encode() + b"." + post.body
    return "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()


async def time_passes(session: AsyncSession) -> None:
    """Whatever waits for its time has waited long enough."""
    await session.execute(
        update(NoticeDelivery).values(next_at=datetime.now(UTC) - timedelta(seconds=1))
    )
