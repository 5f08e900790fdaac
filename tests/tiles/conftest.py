"""Who looks at the map."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.clients import Client
from tests.factories import an_account


@pytest.fixture
async def me(client: Client, session: AsyncSession) -> Client:
    """Somebody at the centre, who sees the whole city."""
    return client.as_(await an_account(session, "dispatcher"))
