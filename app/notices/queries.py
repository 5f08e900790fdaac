"""Reads of the inbox and of choices; each person sees only their own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app import pages
from app.auth import Actor
from app.config import settings
from app.notices.models import Notice, NoticeDelivery, NoticePreference, State
from app.notices.schemas import (
    DeliveryOut,
    EmailOut,
    NoticeFilter,
    NoticeOut,
    NoticePage,
    PreferencesOut,
    QuietOut,
    WebhookOut,
)

WAITING = (State.PENDING, State.HELD)


async def list_notices(session: AsyncSession, actor: Actor, filters: NoticeFilter) -> NoticePage:
    """One's inbox, newest first, with what became of each notice on other channels."""
    chosen = select(Notice).where(Notice.account_id == actor.id)
    if filters.unread is not None:
        unread = Notice.read_at.is_(None)
        chosen = chosen.where(unread if filters.unread else ~unread)
    if filters.kind is not None:
        chosen = chosen.where(Notice.kind == filters.kind)
    if key := pages.decode(filters.after, datetime, UUID):
        chosen = chosen.where(tuple_(Notice.at, Notice.id) < tuple_(*key))
    newest = chosen.order_by(Notice.at.desc(), Notice.id.desc()).limit(filters.limit + 1)
    found = (await session.scalars(newest)).all()
    shown = found[: filters.limit]
    sent = await _deliveries(session, shown)
    items = [_notice(notice, sent.get(notice.id, [])) for notice in shown]
    more = len(found) > filters.limit
    return NoticePage(items=items, next=pages.encode(shown[-1].at, shown[-1].id) if more else None)


async def count_unread(session: AsyncSession, actor: Actor) -> int:
    """How many of one's notices are unread; read from an index of unread ones."""
    unread = select(func.count()).where(Notice.account_id == actor.id, Notice.read_at.is_(None))
    return await session.scalar(unread) or 0


async def get_preferences(session: AsyncSession, actor: Actor) -> PreferencesOut:
    """One's choices, without the webhook's secret."""
    row = await session.get(NoticePreference, actor.id)
    available = settings().smtp_url is not None
    if row is None:
        return PreferencesOut(email=None, webhook=None, quiet=None, email_available=available)
    return PreferencesOut(
        email=EmailOut(address=row.email_address, on=row.email_on, muted=row.email_muted)
        if row.email_address
        else None,
        webhook=WebhookOut(url=row.webhook_url, on=row.webhook_on, muted=row.webhook_muted)
        if row.webhook_url
        else None,
        quiet=_quiet(row),
        email_available=available,
    )


def _quiet(row: NoticePreference) -> QuietOut | None:
    if row.quiet_begins is None or row.quiet_ends is None or row.quiet_weekdays is None:
        return None
    return QuietOut(begins=row.quiet_begins, ends=row.quiet_ends, weekdays=row.quiet_weekdays)


async def _deliveries(
    session: AsyncSession, notices: Sequence[Notice]
) -> dict[UUID, list[DeliveryOut]]:
    if not notices:
        return {}
    chosen = select(NoticeDelivery).where(
        NoticeDelivery.notice_id.in_([notice.id for notice in notices])
    )
    found: dict[UUID, list[DeliveryOut]] = {}
    for row in await session.scalars(chosen.order_by(NoticeDelivery.channel)):
        found.setdefault(row.notice_id, []).append(_delivery(row))
    return found


def _delivery(row: NoticeDelivery) -> DeliveryOut:
    state = State(row.state)
    return DeliveryOut.model_validate(row).model_copy(
        update={"next_at": row.next_at if state in WAITING else None}
    )


def _notice(notice: Notice, deliveries: list[DeliveryOut]) -> NoticeOut:
    return NoticeOut(
        id=notice.id,
        kind=notice.kind,
        title=notice.title,
        body=notice.body,
        incident_id=notice.incident_id,
        urgent=notice.urgent,
        at=notice.at,
        read_at=notice.read_at,
        deliveries=deliveries,
    )
