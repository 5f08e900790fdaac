"""E-mail: one message per parcel, plain text and HTML, over one connection for many."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from app.config import settings
from app.notices.parcel import Parcel, Undelivered

SECONDS = 15
SUBJECT_CHARACTERS = 120


async def send_all(parcels: Sequence[Parcel]) -> list[Undelivered | None]:
    """Send parcels one after the other; for each, None or why it was not taken."""
    if not parcels:
        return []
    told: list[Undelivered | None] = []
    try:
        async with _client() as smtp:
            told = [await _attempt(smtp, parcel) for parcel in parcels]
    except (SMTPException, OSError) as error:
        return told or [_why(error)] * len(parcels)
    return told


async def _attempt(smtp: SMTP, parcel: Parcel) -> Undelivered | None:
    try:
        await smtp.send_message(compose(parcel))
    except (SMTPException, OSError) as error:
        return _why(error)
    except ValueError:
        return Undelivered("邮件无法生成，请检查邮箱地址")
    return None


def _why(error: Exception) -> Undelivered:
    if isinstance(error, SMTPResponseException):
        return Undelivered(f"邮件服务器拒绝：{error.code} {error.message}"[:500])
    return Undelivered(f"邮件服务器无法连接：{type(error).__name__}")


def _client() -> SMTP:
    """The connection that WANGGE_SMTP_URL names: smtp://user:password@host:port?starttls=1."""
    secret = settings().smtp_url
    if secret is None:
        raise SMTPException("WANGGE_SMTP_URL is not set")
    url = urlsplit(secret.get_secret_value())
    encrypted = url.scheme == "smtps"
    return SMTP(
        hostname=url.hostname,
        port=url.port or (465 if encrypted else 25),
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_tls=encrypted,
        start_tls=parse_qs(url.query).get("starttls") == ["1"] and not encrypted,
        local_hostname="wangge",
        timeout=SECONDS,
    )


def compose(parcel: Parcel) -> EmailMessage:
    """The message of a parcel. Its Message-ID is the same over all tries."""
    sender = settings().smtp_sender
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = parcel.address
    mail["Subject"] = _subject(parcel)
    mail["Date"] = format_datetime(datetime.now(settings().zone))
    mail["Message-ID"] = f"<{parcel.id}@{parseaddr(sender)[1].partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Wangge-Delivery"] = str(parcel.id)
    mail.set_content(_written(parcel, "txt"))
    mail.add_alternative(_written(parcel, "html"), subtype="html")
    return mail


def _subject(parcel: Parcel) -> str:
    """One line, whatever a title holds."""
    title = " ".join(parcel.messages[0]["title"].split())
    line = "".join(letter for letter in title if letter.isprintable())
    if len(parcel.messages) > 1:
        line = f"{len(parcel.messages)} 条通知：{line}"
    return line[:SUBJECT_CHARACTERS]


def _written(parcel: Parcel, form: str) -> str:
    def plain(text: str) -> str:
        return escape(text) if form == "html" else text

    items = "".join(
        _template(f"item.{form}").substitute(
            title=plain(message["title"]), body=plain(message["body"]), at=_local(message["at"])
        )
        for message in parcel.messages
    )
    return _template(f"frame.{form}").substitute(items=items, subject=plain(_subject(parcel)))


def _local(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(settings().zone).strftime("%Y-%m-%d %H:%M")


@lru_cache
def _template(name: str) -> Template:
    return Template((Path(__file__).parent / "mail" / name).read_text(encoding="utf-8"))
