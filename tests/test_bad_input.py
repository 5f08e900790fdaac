"""Bad input gets a 4xx problem that helps; never a 500."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from tests.clients import Client, problem
from tests.factories import a_report, an_account

PATH = "/api/v1/incidents"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def me(client: Client, session: AsyncSession) -> Client:
    """Somebody who may report."""
    return client.as_(await an_account(session, "steward"))


@pytest.mark.parametrize(
    "content",
    [b"{", b"", b"\xff\xfe{}", b'{"description":"\xc3\x28"}', b"[" * 200_000, b"nonsense"],
    ids=["cut", "empty", "utf-16", "bad-utf-8", "deep", "words"],
)
async def test_a_body_that_is_no_json_is_a_clear_problem(me: Client, content: bytes) -> None:
    answer = await me.post(PATH, content=content, headers=JSON)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_deep_json_inside_a_field_is_a_clear_problem(me: Client) -> None:
    content = b'{"description":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}"
    answer = await me.post(PATH, content=content, headers=JSON)
    assert answer.status_code == 422


async def test_ten_megabytes_are_refused_by_their_announced_length(me: Client) -> None:
    answer = await me.post(PATH, content=b" " * 10_000_000, headers=JSON)
    assert problem(answer, 413, "body-too-large")["limit_bytes"] == 1_048_576


async def test_ten_megabytes_without_a_length_are_cut_off(me: Client) -> None:
    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 100_000

    answer = await me.post(PATH, content=chunks(), headers=JSON)
    problem(answer, 413, "body-too-large")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"category": 12}, "/category"),
        ({"description": ""}, "/description"),
        ({"description": "   "}, "/description"),
        ({"description": "x" * 2001}, "/description"),
        ({"description": "a\u0000b"}, "/description"),
        ({"description": ["x"]}, "/description"),
        ({"source": "rumour"}, "/source"),
        ({"id": "not-a-uuid"}, "/id"),
        ({"accuracy_metres": -1}, "/accuracy_metres"),
        ({"captured_at": 1e30}, "/captured_at"),
        ({"captured_at": "0001-01-01T00:00:00Z"}, "/captured_at"),
        ({"colour": "red"}, "/colour"),
        ({"lon": True}, "/lon"),
    ],
)
async def test_a_wrong_field_is_named(me: Client, change: dict[str, Any], pointer: str) -> None:
    errors = problem(await me.post(PATH, a_report(**change)), 422, "invalid-request")["errors"]
    assert pointer in [error["pointer"] for error in errors]
    assert all(error["detail"] for error in errors)


async def test_a_lone_surrogate_is_refused(me: Client) -> None:
    content = b'{"category":"E0112","lon":1,"lat":1,"crs":"wgs84","description":"\\ud800"}'
    assert (await me.post(PATH, content=content, headers=JSON)).status_code == 422


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "two words"])
async def test_an_unusable_idempotency_key_is_refused(me: Client, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    answer = await me.post(PATH, a_report(), headers=headers)
    told = problem(answer, 422, "invalid-request")
    assert told["errors"][0]["pointer"] == "header/Idempotency-Key"


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/api/v1/nothing", 404, "no-such-path"),
        ("DELETE", PATH, 405, "method-not-allowed"),
        ("GET", f"{PATH}/not-a-uuid", 422, "invalid-request"),
        ("GET", f"{PATH}/%00", 422, "invalid-request"),
    ],
)
async def test_wrong_addresses_are_problems_too(
    me: Client, method: str, path: str, status: int, slug: str
) -> None:
    answer = await me.http.request(method, path, headers=me.headers)
    problem(answer, status, slug)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Sign in first"),
        ("en-GB,zh;q=0.5", "Sign in first"),
        ("zh-CN,en;q=0.5", "请先登录"),
        ("zh;q=0.1,en;q=0.9", "Sign in first"),
        ("en;q=0,zh", "请先登录"),
        ("fr", "请先登录"),
    ],
)
async def test_a_problem_speaks_the_callers_language(
    client: Client, language: str, title: str
) -> None:
    answer = await client.get(PATH, headers={"Accept-Language": language})
    assert problem(answer, 401, "unauthenticated")["title"] == title


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic dTpw", "Bearer a.b.c", "Bearer wgk_no"]
)
async def test_a_token_that_is_none_is_401(client: Client, header: str) -> None:
    answer = await client.get(PATH, headers={"Authorization": header})
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["category", "description", "lon", "lat", "crs", "id", "address", "source", "captured_at"]
)


@given(changes=st.dictionaries(FIELDS, JSON_VALUES, max_size=4))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_no_report_however_strange_is_a_500(me: Client, changes: dict[str, Any]) -> None:
    import json

    content = json.dumps({**a_report(), **changes}).encode("utf-8", "surrogatepass")
    answer = await me.post(PATH, content=content, headers=JSON)
    assert answer.status_code in {201, 422}, answer.text


@given(query=st.dictionaries(st.text(max_size=12), st.text(max_size=30), max_size=3))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_no_query_however_strange_is_a_500(me: Client, query: dict[str, str]) -> None:
    encodable = {
        key.encode("utf-8", "replace").decode(): value.encode("utf-8", "replace").decode()
        for key, value in query.items()
    }
    for path in (PATH, f"{PATH}/nearby", "/api/v1/facts", "/api/v1/categories"):
        answer = await me.get(path, params=encodable)
        assert answer.status_code in {200, 422}, answer.text
