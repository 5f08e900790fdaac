"""Receivers on 127.0.0.1 and an installation that may send to them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.people.models import Account
from tests.factories import an_account
from tests.notices.receivers import Hooks, Mailbox, mail_server, web_server


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture
async def hooks() -> AsyncIterator[Hooks]:
    async with web_server() as hooks:
        yield hooks


@pytest.fixture
def configured(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """This installation sends e-mail, and webhooks to 127.0.0.1 too."""
    monkeypatch.setenv("WANGGE_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
    monkeypatch.setenv("WANGGE_SMTP_SENDER", "网格 <wangge@city.example>")
    monkeypatch.setenv("WANGGE_WEBHOOK_PRIVATE_TARGETS", "true")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def wang(session: AsyncSession) -> Account:
    return await an_account(session, "steward", username="wang")
