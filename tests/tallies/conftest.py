"""A committed centre: what a transaction has not committed, no reader of the log sees."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app import db
from app.media.models import Media
from tests.centre import Centre, a_centre
from tests.clients import Client
from tests.committed.conftest import copy, pools
from tests.factories import a_cell, an_area
from tests.simulation.conftest import played, spoilt

__all__ = ["copy", "played", "pools", "spoilt"]
COMMUNITY, NEXT_DOOR = "610526001001", "610526002001"
ABOVE = {"610526": "district", "610526001": "subdistrict", "610526002": "subdistrict"}


class Committed(Centre):
    """A centre whose photos are there for the servers too."""

    async def photo(self, incident: str, stage: str, **changes: Any) -> Media:
        row = await super().photo(incident, stage, **changes)
        await self.session.commit()
        return row


@pytest.fixture
async def centre(pools: str, app: FastAPI) -> AsyncIterator[Centre]:
    """Two communities of two subdistricts; reports land in the first one."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        async with db.transaction() as session:
            made = await a_centre(Client(http), session)
            await a_cell(session, NEXT_DOOR + "001", column=1)
            for code, level in ABOVE.items():
                await an_area(session, code, level)
            await an_area(session, COMMUNITY)
            await an_area(session, NEXT_DOOR, column=1)
        yield Committed(**vars(made))
