"""Whatever people write: a mail has our headers and no others, an address fails with a reason."""

import socket
from email import message_from_bytes, policy
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from app.notices import email, targets, webhook
from app.notices.models import Channel
from app.notices.parcel import Parcel

pytestmark = pytest.mark.usefixtures("configured")
AFRESH = trials(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=300)
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Wangge-Delivery",
    "MIME-Version",
    "Content-Type",
]
LABEL = st.text("abc0-.:/?#@[]%\\ 中\t\r\n", max_size=20)


def parcel(channel: Channel, address: str, *titles: str, body: str = "") -> Parcel:
    messages: list[dict[str, Any]] = [
        {"title": title, "body": body, "at": "2026-11-20T02:00:00+00:00"} for title in titles
    ]
    return Parcel(UUID(int=1), channel, 1, False, True, address, "s" * 16, None, messages)


@AFRESH
@given(titles=st.lists(TEXT, min_size=1, max_size=3), body=TEXT)
@example(titles=["a\r\nBcc: b@c.example\r\n\r\nx"], body="\r\n.\r\nMAIL FROM:<a@b.example>")
@example(titles=["=?utf-8?b?Dg==?=", "${x}"], body="$")
async def test_a_mail_has_our_headers_and_no_others(titles: list[str], body: str) -> None:
    sent = email.compose(parcel(Channel.EMAIL, "wang@city.example", *titles, body=body))
    read = message_from_bytes(sent.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert read.keys() == HEADERS
    assert len(read["Subject"].splitlines()) <= 1
    assert read["To"] == "wang@city.example"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are looked at as always, but no name server is asked."""
    numeric = partial(socket.getaddrinfo, flags=socket.AI_NUMERICHOST)

    def lookup(host: str, port: int, *_: Any, **__: Any) -> Any:
        return numeric(host, port, type=socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.mark.usefixtures("offline")
@AFRESH
@given(name=LABEL, path=LABEL)
@example(name="[::1", path="")
@example(name="a" * 64 + ".example", path="")
@example(name="xn--zzzzzzzzzz", path="")
@example(name="127.0.0.1:0", path="")
async def test_an_address_is_refused_at_once_or_has_a_reason_later(name: str, path: str) -> None:
    url = f"http://{name}/{path}"
    try:
        targets.checked_url(url)
    except ValueError as refused:
        chinese, _, english = str(refused).partition("|")
        assert chinese
        assert english
    else:
        (told,) = await webhook.send_all([parcel(Channel.WEBHOOK, url, "x")])
        assert told is not None
