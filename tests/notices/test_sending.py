"""E-mail and webhooks against real servers: signed, tried again, never into our network."""

import ssl
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.notices import delivery, jobs, targets, webhook
from app.people.models import Account
from tests.clients import Client
from tests.notices.arranging import (
    SECRET,
    by_email,
    by_webhook,
    deliveries,
    jobs_waiting,
    prefer,
    signature,
    states,
    tell,
    time_passes,
)
from tests.notices.receivers import Hooks, Mailbox, web_server

pytestmark = pytest.mark.usefixtures("configured")


async def test_a_webhook_gets_signed_json(
    client: Client, session: AsyncSession, hooks: Hooks, wang: Account
) -> None:
    told = await prefer(client, wang, by_webhook(hooks))
    assert "secret" not in told["webhook"]
    await tell(session, wang, title="“超时”案件")
    assert await jobs_waiting(session) == 1
    await jobs.deliver()
    (post,) = hooks.posts
    assert post.path == "/in?from=wangge"
    assert post.headers["host"] == f"127.0.0.1:{hooks.port}"
    assert post.headers["wangge-signature"] == signature(post)
    assert post.json["delivery"] == post.headers["wangge-delivery"]
    (message,) = post.json["messages"]
    assert (message["title"], message["kind"]) == ("“超时”案件", "overdue")
    (sent,) = await deliveries(client, wang)
    assert (sent["state"], sent["tries"], sent["last_error"]) == ("sent", 1, None)
    await jobs.deliver()
    assert len(hooks.posts) == 1


async def test_an_email_has_text_and_html_and_escapes_everything(
    client: Client, session: AsyncSession, box: Mailbox, wang: Account
) -> None:
    await prefer(client, wang, by_email())
    await tell(
        session, wang, title="<b>超时</b> $x", body='路面<script>alert("1")</script>\n第二行'
    )
    await jobs.deliver()
    (mail,) = box.mails
    assert mail["To"] == "wang@city.example"
    assert str(mail["From"]) == "网格 <wangge@city.example>"
    assert mail["Subject"] == "<b>超时</b> $x"
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert '路面<script>alert("1")</script>' in text.get_content()
    assert "<script" not in html.get_content()
    assert "<b>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()
    assert await states(client, wang) == ["email sent"]


async def test_a_title_cannot_write_headers(
    client: Client, session: AsyncSession, box: Mailbox, wang: Account
) -> None:
    await prefer(client, wang, by_email())
    await tell(session, wang, title="超时\r\nBcc: all@city.example\r\n\r\n正文\x07\u2028x")
    await jobs.deliver()
    (mail,) = box.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "超时 Bcc: all@city.example 正文 x"


async def test_what_fails_is_tried_again_under_the_same_name(
    client: Client, session: AsyncSession, hooks: Hooks, box: Mailbox, wang: Account
) -> None:
    hooks.statuses, box.answers = [500, 302], ["451 later"]
    await prefer(client, wang, by_webhook(hooks), by_email())
    await tell(session, wang)
    await jobs.deliver()
    email, webhook = await deliveries(client, wang)
    assert (email["state"], email["last_error"]) == ("pending", "邮件服务器拒绝：451 later")
    assert (webhook["state"], webhook["last_error"]) == ("pending", "对方返回 HTTP 500")
    await jobs.deliver()
    assert len(hooks.posts) == 1  # not before its time
    for _ in range(2):
        await time_passes(session)
        await jobs.wake()
        await jobs.deliver()
    assert [(d["state"], d["tries"]) for d in await deliveries(client, wang)] == [
        ("sent", 2),
        ("sent", 3),
    ]
    assert [post.path for post in hooks.posts] == ["/in?from=wangge"] * 3  # no redirect followed
    assert len({post.headers["wangge-delivery"] for post in hooks.posts}) == 1
    assert len(box.mails) == 1


async def test_after_the_last_try_it_stays_failed_with_its_reason(
    client: Client, session: AsyncSession, hooks: Hooks, wang: Account
) -> None:
    hooks.statuses = [503] * 20
    await prefer(client, wang, by_webhook(hooks))
    await tell(session, wang)
    for _ in range(10):
        await time_passes(session)
        await jobs.deliver()
    tries = len(delivery.WAITS) + 1
    assert len(hooks.posts) == tries
    (failed,) = await deliveries(client, wang)
    assert failed == {
        "channel": "webhook",
        "state": "failed",
        "tries": tries,
        "next_at": None,
        "last_error": "对方返回 HTTP 503",
        "sent_at": None,
    }


async def test_a_worker_that_dies_while_sending_loses_nothing(
    client: Client,
    session: AsyncSession,
    hooks: Hooks,
    wang: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await prefer(client, wang, by_webhook(hooks))
    await tell(session, wang)
    with monkeypatch.context() as broken:
        broken.setattr(delivery, "_record", None)
        with pytest.raises(TypeError):
            await jobs.deliver()
    await jobs.deliver()
    assert len(hooks.posts) == 1  # nobody else takes it while the dead one might live
    await time_passes(session)
    await jobs.deliver()
    assert len(hooks.posts) == 2
    assert hooks.posts[0].headers["wangge-delivery"] == hooks.posts[1].headers["wangge-delivery"]
    assert await states(client, wang) == ["webhook sent"]


async def test_servers_that_are_not_there_are_a_reason(
    client: Client, session: AsyncSession, wang: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_SMTP_URL", "smtp://127.0.0.1:1")
    settings.cache_clear()
    await prefer(client, wang, by_webhook(Hooks(port=1)), by_email())
    await tell(session, wang)
    await jobs.deliver()
    assert [d["last_error"] for d in await deliveries(client, wang)] == [
        "邮件服务器无法连接：SMTPConnectError",
        "无法连接：ConnectError",
    ]


async def test_channels_leave_out_what_is_muted_or_off(
    client: Client, session: AsyncSession, hooks: Hooks, box: Mailbox, wang: Account
) -> None:
    await prefer(client, wang, by_webhook(hooks, muted=["overdue"]), by_email())
    await tell(session, wang)
    assert await states(client, wang) == ["email pending"]
    await prefer(client, wang, by_webhook(hooks, on=False), by_email(on=False))
    await tell(session, wang, kind="assigned")
    await jobs.deliver()
    assert (hooks.posts, box.mails) == ([], [])
    (dropped,) = await deliveries(client, wang)
    assert (dropped["state"], dropped["last_error"]) == ("failed", "收件人已关闭该渠道或账号已停用")


async def test_without_a_mail_server_no_email_is_promised(
    client: Client, session: AsyncSession, wang: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANGGE_SMTP_URL")
    settings.cache_clear()
    told = await prefer(client, wang, by_email())
    assert told["email_available"] is False
    await tell(session, wang)
    assert await deliveries(client, wang) == []


async def test_webhooks_never_reach_our_own_network(
    client: Client,
    session: AsyncSession,
    hooks: Hooks,
    wang: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WANGGE_WEBHOOK_PRIVATE_TARGETS", "false")
    settings.cache_clear()
    names = ("127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0")
    for name in names:
        url = f"http://{name}:{hooks.port}/in"
        await prefer(client, wang, {"webhook": {"url": url, "secret": SECRET}})
        await tell(session, wang, title=name)
        await jobs.deliver()
    assert hooks.posts == []
    refused = "目标地址不是公网地址，不允许访问"
    reasons = [d["last_error"] for d in await deliveries(client, wang)]
    assert reasons == [refused] * len(names)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "::",
        "fc00::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_private_addresses_are_known_in_every_dress(address: str) -> None:
    assert not targets.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_public_addresses_are_called(address: str) -> None:
    assert targets.is_public(address)


async def test_who_has_left_gets_nothing_more(
    client: Client, session: AsyncSession, hooks: Hooks, wang: Account
) -> None:
    await prefer(client, wang, by_webhook(hooks))
    await tell(session, wang)
    wang.active = False
    await session.flush()
    await jobs.deliver()
    assert hooks.posts == []


async def test_tls_checks_the_name_although_an_address_is_called(
    client: Client,
    session: AsyncSession,
    wang: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate, key = self_signed(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    webhook._trusted.cache_clear()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with web_server(tls) as hooks:
        for name in ("127.0.0.1", "localhost"):  # the certificate is for the second one
            url = f"https://{name}:{hooks.port}/{name}"
            await prefer(client, wang, {"webhook": {"url": url, "secret": SECRET}})
            await tell(session, wang)
            await jobs.deliver()
    webhook._trusted.cache_clear()
    (post,) = hooks.posts
    assert (post.path, post.headers["host"]) == ("/localhost", f"localhost:{hooks.port}")
    assert await states(client, wang) == ["webhook sent", "webhook pending"]


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    named = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    into = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made.split(), *named, *into], check=True, capture_output=True)
    return certificate, key
