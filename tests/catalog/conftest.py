"""An administrator, a reader, and short ways to editions."""

from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.clients import Client
from tests.factories import an_account

EDITIONS = "/api/v1/catalog/editions"


class Desk:
    """Somebody who speaks to the catalogue."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def published(self) -> dict[str, Any]:
        listed = (await self.client.get(EDITIONS)).json()["items"]
        (found,) = [one for one in listed if one["status"] == "published"]
        return found  # type: ignore[no-any-return]

    async def draft(self, **wanted: Any) -> int:
        answer = await self.client.post(EDITIONS, wanted)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["number"])

    async def put(self, number: int, part: str, code: str, row: dict[str, Any]) -> httpx.Response:
        return await self.client.put(f"{EDITIONS}/{number}/{part}/{code}", row)

    async def remove(self, number: int, part: str, code: str) -> httpx.Response:
        return await self.client.delete(f"{EDITIONS}/{number}/{part}/{code}")

    async def publish(self, number: int) -> httpx.Response:
        return await self.client.post(f"{EDITIONS}/{number}/publish")

    async def export(self, number: int, kind: str = "json") -> bytes:
        answer = await self.client.get(f"{EDITIONS}/{number}/export?format={kind}")
        assert answer.status_code == 200, answer.text
        return answer.content

    async def bring(self, data: bytes, name: str = "edition", **options: Any) -> httpx.Response:
        files = {"file": (name, data)}
        return await self.client.post(f"{EDITIONS}/import", files=files, **options)

    async def diff(self, number: int, against: int | None = None) -> dict[str, Any]:
        asked = "" if against is None else f"?against={against}"
        answer = await self.client.get(f"{EDITIONS}/{number}/diff{asked}")
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]


@pytest.fixture
async def desk(client: Client, session: AsyncSession) -> Desk:
    return Desk(client.as_(await an_account(session, "administrator", username="boss")))


@pytest.fixture
async def reader(client: Client, session: AsyncSession) -> Client:
    return client.as_(await an_account(session, "acceptor", username="reader"))


def a_class(code: str = "E0650", **changes: Any) -> dict[str, Any]:
    """A class of a big class that the default edition has."""
    row = {"code": code, "big_name": "其他事件", "big_name_en": "Other events", "name": "飞线充电"}
    return {**row, "name_en": "Charging over a window sill", "scheme": "本市", **changes}


def a_condition(category_code: str = "E0112", number: int = 50, **changes: Any) -> dict[str, Any]:
    """A filing condition with the fields that must be there."""
    row = {"category_code": category_code, "number": number, "text": "路面积尘厚度超过 1 cm"}
    row |= {"closing_text": "清扫干净", "limit_amount": 4, "limit_unit": "work_hour"}
    return {**row, **changes}
