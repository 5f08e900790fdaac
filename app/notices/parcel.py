"""What goes out as one message: one notice, or what quiet hours held back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app.config import settings
from app.notices.models import Channel
from app.notices.quiet import QuietHours


class Undelivered(Exception):
    """A channel did not take a parcel; the text tells its owner why."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Claimed and about to be sent. `id` stays the same over all tries."""

    id: UUID
    channel: Channel
    tries: int
    urgent: bool
    wanted: bool
    address: str
    secret: str
    quiet: QuietHours | None
    messages: list[dict[str, Any]]


def parcel_of(row: Any) -> Parcel:
    """A row of claim.sql."""
    channel = Channel(row["channel"])
    address = row["email_address"] if channel is Channel.EMAIL else row["webhook_url"]
    return Parcel(
        id=row["id"],
        channel=channel,
        tries=row["tries"],
        urgent=row["urgent"],
        wanted=row["wanted"],
        address=address or "",
        secret=row["webhook_secret"] or "",
        quiet=quiet_of(row),
        messages=orjson.loads(row["messages"]),
    )


def channels_for(row: Any, kind: str) -> list[Channel]:
    """The channels that a person wants a kind of notice on."""
    found = []
    if row["email_on"] and kind not in row["email_muted"] and settings().smtp_url is not None:
        found.append(Channel.EMAIL)
    if row["webhook_on"] and kind not in row["webhook_muted"]:
        found.append(Channel.WEBHOOK)
    return found


def quiet_of(row: Any) -> QuietHours | None:
    """The quiet hours in a row of preferences."""
    if row["quiet_begins"] is None:
        return None
    return QuietHours(row["quiet_begins"], row["quiet_ends"], row["quiet_weekdays"])
