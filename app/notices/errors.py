"""What can go wrong with notices, by name."""

from collections.abc import Mapping
from typing import ClassVar

from app.problems import AppError, FieldProblem, constraint


class SecretMissing(FieldProblem):
    """A webhook's first address comes with the secret that signs its messages."""

    slug = "webhook-secret-missing"
    title = ("缺少签名密钥", "The webhook has no secret")
    detail = (
        "首次设置 Webhook 时须填写 secret（16 至 200 个可见的 ASCII 字符）",
        "Give a `secret` of 16 to 200 printable ASCII characters with the first address",
    )


class NoChannel(AppError):
    """Nothing is switched on that a test could be sent to."""

    slug, status = "no-channel", 409
    title = ("没有可用的通知渠道", "No channel is switched on")
    detail = (
        "请先用 PUT /api/v1/me/notice-preferences 开启电子邮件或 Webhook"
        "（电子邮件还须由管理员配置 WANGGE_SMTP_URL）",
        "Switch e-mail or a webhook on with PUT /api/v1/me/notice-preferences; e-mail also needs"
        " WANGGE_SMTP_URL",
    )


class TestTooSoon(AppError):
    """One test message a minute, so that nobody can flood an address that is not theirs."""

    slug, status = "test-too-soon", 429
    title = ("测试消息过于频繁", "A test message was sent just now")
    detail = ("每分钟只能发送一条测试消息", "One test message a minute; try again shortly")
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "60"}


constraint("ck_notice_preference_webhook_signed", SecretMissing("/webhook/secret"))
