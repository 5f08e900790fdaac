"""Where is that? Names, codes, and addresses that reports have named."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.centre import Centre
from tests.clients import Client, problem
from tests.factories import a_cell, an_account, an_area, middle

URL = "/api/v1/places"


async def search(client: Client, q: str, **more: Any) -> list[tuple[str, str]]:
    """Kind and name of what is found, in order."""
    answer = await client.get(URL, params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return [(item["kind"], item["name"]) for item in answer.json()["items"]]


@pytest.fixture
async def town(centre: Centre, session: AsyncSession) -> Centre:
    """A community called 东关社区, a cell called 东关1格, and some addresses in the streets."""
    area = await an_area(session)
    area.name = "东关社区"
    cell = await a_cell(session, "610526001001002", 1)
    cell.name = "东关1格"
    await session.flush()
    for address in ("人民路12号", "人民路12号", "人民路120号院", "东关正街", "50%折扣店"):
        await centre.report(address=address, **middle(1, 0))
    return centre


async def test_the_best_fit_comes_first(town: Centre) -> None:
    acceptor = town.people["acceptor"]
    assert await search(acceptor, "人民路12号") == [("address", "人民路12号")]
    assert await search(acceptor, "人民路12") == [
        ("address", "人民路12号"),
        ("address", "人民路120号院"),
    ]


async def test_areas_come_before_cells_and_addresses_of_the_same_fit(town: Centre) -> None:
    found = await search(town.people["acceptor"], "东关")
    assert sorted(found) == sorted(
        [("area", "东关社区"), ("cell", "东关1格"), ("address", "东关正街")]
    )
    assert found[0] == ("area", "东关社区")
    assert await search(town.people["acceptor"], "东关", limit=1) == found[:1]


async def test_a_code_may_be_begun(town: Centre) -> None:
    acceptor = town.people["acceptor"]
    assert await search(acceptor, "610526001001002") == [("cell", "东关1格")]
    found = await search(acceptor, "61052600100100")
    assert sorted(found) == [("cell", "东关1格"), ("cell", "网格001")]


async def test_words_need_not_stand_together_and_stand_for_themselves(town: Centre) -> None:
    acceptor = town.people["acceptor"]
    assert await search(acceptor, "人民 院") == [("address", "人民路120号院")]
    assert await search(acceptor, "50%") == [("address", "50%折扣店")]
    assert await search(acceptor, "人_路") == []


async def test_a_place_says_where_it_is(town: Centre) -> None:
    answer = await town.people["acceptor"].get(URL, params={"q": "东关"})
    for item in answer.json()["items"]:
        assert 109.0 <= item["lon"] <= 109.01
        assert 34.0 <= item["lat"] <= 34.01
        assert 0 < item["score"] < 1


async def test_addresses_are_those_of_visible_reports(
    town: Centre, session: AsyncSession, client: Client
) -> None:
    nobody = client.as_(await an_account(session, "observer", username="n", place=None))
    assert await search(nobody, "人民路12号") == []
    assert await search(nobody, "人民") == []
    there = await an_account(session, "observer", username="t", place="610526001001002")
    assert await search(client.as_(there), "人民路12号") == [("address", "人民路12号")]
    assert len(await search(client.as_(there), "人民")) == 2


async def test_one_statement_finds_all(town: Centre, statements: list[str]) -> None:
    await search(town.people["acceptor"], "东关")
    statements.clear()
    await search(town.people["acceptor"], "人民路")
    assert len(statements) == 2


@pytest.mark.parametrize("query", ["q=", "q=%20", "", "q=a&limit=0", "q=a&limit=51", "q=a&x=1"])
async def test_a_bad_search_is_refused(centre: Centre, query: str) -> None:
    problem(await centre.people["acceptor"].get(f"{URL}?{query}"), 422, "invalid-request")
