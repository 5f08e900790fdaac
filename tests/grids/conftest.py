"""Who imports grids."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.clients import Client
from tests.factories import an_account


@pytest.fixture
async def admin(client: Client, session: AsyncSession) -> Client:
    """Somebody who may import."""
    return client.as_(await an_account(session, "administrator"))
