"""A small centre for what the desks need."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.centre import Centre, a_centre
from tests.clients import Client


@pytest.fixture
async def centre(client: Client, session: AsyncSession) -> Centre:
    return await a_centre(client, session)
