"""Writes of notices: to tell people, to mark as read, to choose how to be told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.auth import Actor
from app.config import settings
from app.db import new_id
from app.jobs import enqueue
from app.notices import quiet
from app.notices.errors import NoChannel, TestTooSoon
from app.notices.models import Channel, Notice, NoticeDelivery, NoticePreference, State
from app.notices.parcel import channels_for, quiet_of
from app.notices.schemas import Preferences, Reading

DELIVER = "notices.deliver"


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told, in Chinese. No person gets the same `key` twice."""

    kind: str
    title: str
    body: str
    incident_id: UUID | None = None
    urgent: bool = False
    key: str | None = None


async def notify(
    session: AsyncSession, recipients: Collection[UUID], message: Message, *, at: datetime
) -> int:
    """Put a message into inboxes and on its way to other channels; tells how many are new.

    One statement for the inboxes, one for the deliveries, whatever the number of recipients.
    Unknown and inactive accounts are left out.
    """
    return len(await _tell(session, recipients, message, at))


async def _tell(
    session: AsyncSession, recipients: Collection[UUID], message: Message, at: datetime
) -> Sequence[Any]:
    people = list(dict.fromkeys(recipients))
    if not people:
        return []
    fresh = await db.within(
        session,
        db.statement("notices/notify.sql"),
        [new_id() for _ in people],
        people,
        message.kind,
        message.title,
        message.body,
        message.incident_id,
        message.urgent,
        message.key,
        at,
    )
    await _post(session, fresh, message, at)
    return fresh


async def _post(
    session: AsyncSession, fresh: Sequence[Any], message: Message, at: datetime
) -> None:
    zone = settings().zone
    rows = []
    for row in fresh:
        channels = channels_for(row, message.kind)
        held = quiet.until(quiet_of(row), at, zone) if channels and not message.urgent else None
        state = State.HELD if held else State.PENDING
        rows += [
            (new_id(), row["notice_id"], row["account_id"], str(channel), str(state), held or at)
            for channel in channels
        ]
    if not rows:
        return
    await db.within(session, db.statement("notices/post.sql"), *map(list, zip(*rows, strict=True)))
    if any(state == State.PENDING for *_, state, _ in rows):
        await enqueue(session, DELIVER)


async def mark_read(session: AsyncSession, actor: Actor, data: Reading, *, at: datetime) -> int:
    """Mark one's own unread notices as read; tells how many were."""
    chosen = Notice.id.in_(data.ids) if data.ids is not None else Notice.at <= data.until
    marked = (
        update(Notice)
        .where(Notice.account_id == actor.id, Notice.read_at.is_(None), chosen)
        .values(read_at=at)
        .returning(Notice.id)
        .cte()
    )
    return await session.scalar(select(func.count()).select_from(marked)) or 0


async def set_preferences(
    session: AsyncSession, actor: Actor, data: Preferences, *, at: datetime
) -> None:
    """Replace one's choices. What was held is looked at again under the new quiet hours."""
    email, webhook, hours = data.email, data.webhook, data.quiet
    secret = webhook.secret.get_secret_value() if webhook and webhook.secret else None
    values = {
        "email_address": email.address if email else None,
        "email_on": email.on if email else False,
        "email_muted": sorted(set(email.muted)) if email else [],
        "webhook_url": webhook.url if webhook else None,
        "webhook_secret": _kept(actor, secret) if webhook else None,
        "webhook_on": webhook.on if webhook else False,
        "webhook_muted": sorted(set(webhook.muted)) if webhook else [],
        "quiet_begins": hours.begins if hours else None,
        "quiet_ends": hours.ends if hours else None,
        "quiet_weekdays": sorted(set(hours.weekdays)) if hours else None,
        "updated_at": at,
    }
    row = insert(NoticePreference).values(account_id=actor.id, **values)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[NoticePreference.account_id],
            set_={name: row.excluded[name] for name in values},
        )
    )
    await session.execute(
        update(NoticeDelivery)
        .where(NoticeDelivery.account_id == actor.id, NoticeDelivery.state == State.HELD)
        .values(next_at=at)
    )


def _kept(actor: Actor, secret: str | None) -> ColumnElement[str | None]:
    """A new secret, or the one that is stored."""
    stored = select(NoticePreference.webhook_secret).where(NoticePreference.account_id == actor.id)
    return func.coalesce(secret, stored.scalar_subquery())


async def send_test(
    session: AsyncSession, actor: Actor, *, at: datetime
) -> tuple[UUID, list[Channel]]:
    """A message to one's own channels, at once: the notice and the channels it goes to."""
    message = Message(
        kind="test",
        title="测试通知",
        body="如果您在邮箱或对接系统中看到这条消息，说明该通知渠道工作正常。",
        urgent=True,
        key=f"test:{at:%Y-%m-%dT%H:%M}",
    )
    fresh = await _tell(session, [actor.id], message, at)
    if not fresh:
        raise TestTooSoon
    channels = channels_for(fresh[0], message.kind)
    if not channels:
        raise NoChannel
    return fresh[0]["notice_id"], channels
