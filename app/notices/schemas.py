"""What people send and get: notices, and how they want to hear of them."""

import re
from datetime import datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    StringConstraints,
    model_validator,
)

from app.notices.models import Channel, State
from app.notices.targets import checked_url
from app.schemas import In, Moment, Out, Text

KIND_PATTERN = r"^[a-z][a-z0-9_.-]{0,63}$"
# What browsers take for <input type=email>, with a dot in the domain.
ADDRESS_PATTERN = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]{0,62})"
    r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))+$"
)
_CLOCK = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")


def _clock(value: Any) -> Any:
    if isinstance(value, time):
        return value
    if not (isinstance(value, str) and _CLOCK.match(value)):
        raise ValueError("应为 HH:MM，例如 22:00|expected HH:MM, for example 22:00")
    return time.fromisoformat(value)


def _short(value: time) -> str:
    return value.strftime("%H:%M")


def _printable(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value()
    if not (16 <= len(secret) <= 200 and secret.isascii() and secret.isprintable()):
        raise ValueError(
            "应为 16 至 200 个可见的 ASCII 字符|give 16 to 200 printable ASCII characters"
        )
    return value


Kind = Annotated[str, StringConstraints(pattern=KIND_PATTERN)]
Muted = Annotated[
    list[Kind], Field(max_length=100, description="Kinds that this channel leaves out")
]
Address = Annotated[Text, StringConstraints(pattern=ADDRESS_PATTERN, max_length=254)]
Url = Annotated[Text, StringConstraints(max_length=2000), AfterValidator(checked_url)]
Clock = Annotated[
    time,
    BeforeValidator(_clock, json_schema_input_type=str),
    PlainSerializer(_short, return_type=str),
    Field(examples=["22:00"]),
]
Weekday = Annotated[int, Field(ge=1, le=7)]


class NoticeFilter(In):
    """Query of the inbox, newest first."""

    unread: bool | None = None
    kind: Kind | None = None
    limit: int = Field(50, ge=1, le=200)
    after: str | None = Field(None, max_length=512, description="`next` of the page before")


class DeliveryOut(Out):
    """A notice on its way to a channel. `next_at`: when it is tried, for pending and held ones."""

    channel: Channel
    state: State
    tries: int
    next_at: datetime | None
    last_error: str | None
    sent_at: datetime | None


class NoticeOut(Out):
    id: UUID
    kind: str
    title: str
    body: str
    incident_id: UUID | None
    urgent: bool
    at: datetime
    read_at: datetime | None
    deliveries: list[DeliveryOut]


class NoticePage(Out):
    items: list[NoticeOut]
    next: str | None


class NoticeCount(Out):
    unread: int


class Reading(In):
    """Either single notices, or everything up to a moment."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=500)] | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Reading":
        if (self.ids is None) == (self.until is None):
            raise ValueError("ids 与 until 须且只能填写一个|give either ids or until")
        return self


class ReadOut(Out):
    """How many notices became read."""

    read: int


class EmailChoice(In):
    address: Address
    on: bool = True
    muted: Muted = Field(default_factory=list)


class WebhookChoice(In):
    """Without a secret the one that is stored stays. It is never shown again."""

    url: Url
    secret: Annotated[SecretStr, AfterValidator(_printable)] | None = None
    on: bool = True
    muted: Muted = Field(default_factory=list)


class QuietChoice(In):
    """E-mail and webhooks wait from `begins` to `ends` (the city's time), past midnight if need be.

    `weekdays` are the days on which quiet hours begin, 1 is Monday. Urgent notices do not wait.
    """

    begins: Clock
    ends: Clock
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = Field(
        default_factory=lambda: list(range(1, 8))
    )

    @model_validator(mode="after")
    def _some_time(self) -> "QuietChoice":
        if self.begins == self.ends:
            raise ValueError(
                "开始与结束不能相同；不需要某个渠道时请将其关闭"
                "|begins and ends must differ; switch a channel off if it is never wanted"
            )
        return self


class Preferences(In):
    """All choices at once: what is left out or null is forgotten."""

    email: EmailChoice | None = None
    webhook: WebhookChoice | None = None
    quiet: QuietChoice | None = None


class EmailOut(Out):
    address: str
    on: bool
    muted: list[str]


class WebhookOut(Out):
    url: str
    on: bool
    muted: list[str]


class QuietOut(Out):
    begins: Clock
    ends: Clock
    weekdays: list[int]


class PreferencesOut(Out):
    """`email_available`: whether this installation sends e-mail at all."""

    email: EmailOut | None
    webhook: WebhookOut | None
    quiet: QuietOut | None
    email_available: bool


class TestOut(Out):
    """The channels that a test message is on its way to; its notice tells what became of it."""

    notice: UUID
    channels: list[Literal["email", "webhook"]]
