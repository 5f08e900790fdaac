"""Tables of the inbox, of people's choices, and of what is on its way to a channel."""

from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, new_id, one_of

NONE = text("'{}'")
FALSE = text("false")


class Channel(StrEnum):
    """Ways out of the house; the inbox itself is none of them."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class State(StrEnum):
    """Of a delivery: `held` waits for the end of quiet hours, `failed` will not be tried again."""

    PENDING = "pending"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"


class Notice(Model):
    """One message in one person's inbox. A key comes once per person."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "uq_notice_account_id_key",
            "account_id",
            "key",
            unique=True,
            postgresql_where=text("key IS NOT NULL"),
        ),
        Index("ix_notice_account_id_at_id", "account_id", "at", "id"),
        Index(
            "ix_notice_unread", "account_id", "at", "id", postgresql_where=text("read_at IS NULL")
        ),
        Index("ix_notice_read_at", "read_at", postgresql_where=text("read_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    incident_id: Mapped[UUID | None]
    urgent: Mapped[bool]
    key: Mapped[str | None]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class NoticePreference(Model):
    """What a person wants outside the inbox; without a row: nothing."""

    __tablename__ = "notice_preference"
    __table_args__ = (
        CheckConstraint("NOT email_on OR email_address IS NOT NULL", name="email_complete"),
        CheckConstraint("NOT webhook_on OR webhook_url IS NOT NULL", name="webhook_complete"),
        CheckConstraint("webhook_url IS NULL OR webhook_secret IS NOT NULL", name="webhook_signed"),
        CheckConstraint(
            "num_nonnulls(quiet_begins, quiet_ends, quiet_weekdays) IN (0, 3)",
            name="quiet_complete",
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    email_address: Mapped[str | None]
    email_on: Mapped[bool] = mapped_column(server_default=FALSE)
    email_muted: Mapped[list[str]] = mapped_column(server_default=NONE)
    webhook_url: Mapped[str | None]
    webhook_secret: Mapped[str | None]
    webhook_on: Mapped[bool] = mapped_column(server_default=FALSE)
    webhook_muted: Mapped[list[str]] = mapped_column(server_default=NONE)
    quiet_begins: Mapped[time | None]
    quiet_ends: Mapped[time | None]
    quiet_weekdays: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class NoticeDelivery(Model):
    """One notice on one channel. Those with the same `parcel_id` go out as one message.

    The parcel's id is the id of its first delivery; receivers know a message by it.
    """

    __tablename__ = "notice_delivery"
    __table_args__ = (
        CheckConstraint(one_of("channel", Channel), name="channel_known"),
        CheckConstraint(one_of("state", State), name="state_known"),
        Index("ix_notice_delivery_notice_id", "notice_id"),
        Index("ix_notice_delivery_parcel_id", "parcel_id"),
        Index(
            "ix_notice_delivery_due",
            "next_at",
            postgresql_where=text("state = 'pending' AND id = parcel_id"),
        ),
        Index(
            "ix_notice_delivery_held",
            "next_at",
            postgresql_where=text("state = 'held'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    channel: Mapped[str]
    parcel_id: Mapped[UUID]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    next_at: Mapped[datetime]
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
