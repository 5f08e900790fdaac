"""Saved views: a person's own, in that person's order."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.views import service
from tests.clients import Client, problem
from tests.factories import an_account

URL = "/api/v1/me/views"
QUEUE: dict[str, Any] = {
    "path": "/queues/dispatch",
    "query": {"queue": "dispatch", "status": ["filed", "check_failed"], "text": "井盖"},
    "position": 2,
}


@pytest.fixture
async def people(client: Client, session: AsyncSession) -> tuple[Client, Client]:
    one = await an_account(session, "dispatcher", username="one")
    other = await an_account(session, "dispatcher", username="other")
    return client.as_(one), client.as_(other)


async def test_a_view_is_kept_replaced_and_forgotten(people: tuple[Client, Client]) -> None:
    me, other = people
    saved = await me.put(f"{URL}/我的待派遣", QUEUE)
    assert saved.status_code == 200, saved.text
    assert saved.json() == {"name": "我的待派遣", **QUEUE, "updated_at": saved.json()["updated_at"]}
    assert (await me.get(f"{URL}/我的待派遣")).json() == saved.json()
    await me.put(f"{URL}/地图", {"path": "/map", "position": 1})
    names = [view["name"] for view in (await me.get(URL)).json()["items"]]
    assert names == ["地图", "我的待派遣"]
    await me.put(f"{URL}/我的待派遣", {"path": "/map", "query": {}})
    again = (await me.get(f"{URL}/我的待派遣")).json()
    assert (again["path"], again["query"], again["position"]) == ("/map", {}, 0)
    assert (await other.get(URL)).json() == {"items": []}
    problem(await other.get(f"{URL}/地图"), 404, "not-found")
    problem(await other.delete(f"{URL}/地图"), 404, "not-found")
    assert (await me.delete(f"{URL}/地图")).status_code == 204
    problem(await me.get(f"{URL}/地图"), 404, "not-found")


async def test_views_are_limited(
    people: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    me, other = people
    monkeypatch.setattr(service, "MOST", 1)
    assert (await me.put(f"{URL}/a", QUEUE)).status_code == 200
    problem(await me.put(f"{URL}/b", QUEUE), 409, "too-many-views")
    assert (await me.put(f"{URL}/a", QUEUE)).status_code == 200
    assert (await other.put(f"{URL}/b", QUEUE)).status_code == 200


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("x" * 41, QUEUE, "path/name"),
        ("%20", QUEUE, "path/name"),
        ("a%00", QUEUE, "path/name"),
        ("a", {"path": "https://elsewhere.example/"}, "/path"),
        ("a", {"path": "//elsewhere.example"}, "/path"),
        ("a", {"path": "/\\elsewhere.example"}, "/path"),
        ("a", {"path": "/map", "query": {"x": 1}}, "/query/x/function-after[_storable(), str]"),
        ("a", {"path": "/map", "position": -1}, "/position"),
        ("a", {"path": "/map", "colour": 1}, "/colour"),
    ],
)
async def test_a_bad_view_names_what_is_wrong(
    people: tuple[Client, Client], name: str, body: dict[str, Any], pointer: str
) -> None:
    answer = await people[0].put(f"{URL}/{name}", body)
    errors = problem(answer, 422, "invalid-request")["errors"]
    assert pointer.split("/function")[0] in errors[0]["pointer"]


async def test_views_are_for_people(client: Client) -> None:
    problem(await client.get(URL), 401, "unauthenticated")
    problem(await client.with_key("wgk_" + "x" * 40).get(URL), 403, "forbidden")
