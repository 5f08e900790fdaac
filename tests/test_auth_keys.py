"""API keys: shown once, stored hashed, limited to their scopes, ending when they should."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import key_hash
from app.people.models import Account, ApiKey
from tests.clients import Client, problem
from tests.factories import a_cell, a_report, an_account


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def a_key(account: Account, *scopes: str, **changes: Any) -> dict[str, Any]:
    wanted = {"name": "12345 热线", "account": str(account.id), "scopes": list(scopes)}
    return {**wanted, "expires_at": in_days(30), **changes}


async def made(client: Client, boss: Account, account: Account, *scopes: str) -> dict[str, Any]:
    answer = await client.as_(boss).post("/api/v1/api-keys", a_key(account, *scopes))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
async def boss(session: AsyncSession) -> Account:
    return await an_account(session, "administrator")


@pytest.fixture
async def system(session: AsyncSession) -> Account:
    return await an_account(session, "integration")


async def test_a_secret_is_shown_once_and_stored_hashed(
    client: Client, session: AsyncSession, boss: Account, system: Account
) -> None:
    answer = await client.as_(boss).post("/api/v1/api-keys", a_key(system, "incident:report"))
    key = answer.json()
    assert key["secret"].startswith("wgk_")
    assert key["secret"].startswith(key["prefix"])
    assert answer.headers["location"] == f"/api/v1/api-keys/{key['id']}"
    assert answer.headers["cache-control"] == "no-store"
    listed = await client.as_(boss).get("/api/v1/api-keys")
    assert [item["id"] for item in listed.json()["items"]] == [key["id"]]
    assert key["secret"] not in listed.text
    assert "secret" not in listed.json()["items"][0]
    stored = await session.scalar(select(ApiKey.key_hash))
    assert stored == key_hash(key["secret"])


async def test_a_key_opens_by_bearer_or_by_its_own_header(
    client: Client, session: AsyncSession, boss: Account, system: Account
) -> None:
    await a_cell(session)
    secret = (await made(client, boss, system, "incident:report"))["secret"]
    by_bearer = await client.with_key(secret).post("/api/v1/incidents", a_report())
    by_header = await client.post("/api/v1/incidents", a_report(), headers={"X-API-Key": secret})
    for answer in (by_bearer, by_header):
        assert answer.status_code == 201, answer.text
        assert answer.json()["reporter_id"] == str(system.id)


async def test_a_key_may_do_only_what_its_scopes_name(
    client: Client, boss: Account, system: Account
) -> None:
    secret = (await made(client, boss, system, "incident:report"))["secret"]
    refused = await client.with_key(secret).get("/api/v1/incidents")
    assert problem(refused, 403, "forbidden")["permission"] == "incident:read"
    me = (await client.with_key(secret).get("/api/v1/me")).json()
    assert me["permissions"] == ["incident:report"]


async def test_a_key_may_do_no_more_than_its_account(
    client: Client, session: AsyncSession, boss: Account, system: Account
) -> None:
    asked = a_key(system, "incident:report", "incident:close", "people:manage")
    answer = await client.as_(boss).post("/api/v1/api-keys", asked)
    body = problem(answer, 422, "scope-not-held")
    assert body["errors"][0]["pointer"] == "/scopes"
    assert body["missing"] == ["incident:close", "people:manage"]


async def test_a_role_taken_away_is_taken_from_its_keys(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    account = await an_account(session, "integration", "acceptor", place=None)
    secret = (await made(client, boss, account, "people:read", "incident:read"))["secret"]
    assert (await client.with_key(secret).get("/api/v1/accounts")).status_code == 200
    path = f"/api/v1/accounts/{account.id}"
    changed = await client.as_(boss).patch(path, {"roles": ["integration"]})
    assert changed.status_code == 200, changed.text
    problem(await client.with_key(secret).get("/api/v1/accounts"), 403, "forbidden")
    assert (await client.with_key(secret).get("/api/v1/incidents")).status_code == 200


async def test_a_revoked_key_is_out_at_once_and_stays_listed(
    client: Client, boss: Account, system: Account
) -> None:
    key = await made(client, boss, system, "incident:read")
    path = f"/api/v1/api-keys/{key['id']}"
    for _ in range(2):
        assert (await client.as_(boss).delete(path)).status_code == 204
    problem(await client.with_key(key["secret"]).get("/api/v1/me"), 401, "unauthenticated")
    listed = (await client.as_(boss).get("/api/v1/api-keys")).json()["items"]
    assert listed[0]["revoked_at"] is not None


async def test_an_expired_key_is_out(
    client: Client, session: AsyncSession, boss: Account, system: Account
) -> None:
    secret = (await made(client, boss, system, "incident:read"))["secret"]
    assert (await client.with_key(secret).get("/api/v1/me")).status_code == 200
    await session.execute(update(ApiKey).values(expires_at=func.now()))
    problem(await client.with_key(secret).get("/api/v1/me"), 401, "unauthenticated")


async def test_the_key_of_an_account_switched_off_is_out(
    client: Client, session: AsyncSession, boss: Account, system: Account
) -> None:
    secret = (await made(client, boss, system, "incident:read"))["secret"]
    system.active = False
    await session.flush()
    problem(await client.with_key(secret).get("/api/v1/me"), 401, "unauthenticated")
    answer = await client.as_(boss).post("/api/v1/api-keys", a_key(system, "incident:read"))
    assert problem(answer, 422, "unknown-account")["errors"][0]["pointer"] == "/account"


@pytest.mark.parametrize("days", [-1, 740])
async def test_a_key_ends_within_two_years(
    client: Client, boss: Account, system: Account, days: int
) -> None:
    asked = a_key(system, "incident:read", expires_at=in_days(days))
    answer = await client.as_(boss).post("/api/v1/api-keys", asked)
    body = problem(answer, 422, "key-expiry-out-of-range")
    assert body["errors"][0]["pointer"] == "/expires_at"
    almost = a_key(system, "incident:read", expires_at=in_days(729))
    assert (await client.as_(boss).post("/api/v1/api-keys", almost)).status_code == 201


async def test_only_key_managers_meet_keys(
    client: Client, session: AsyncSession, boss: Account, system: Account
) -> None:
    key = await made(client, boss, system, "incident:read")
    other = await an_account(session, "acceptor")
    path = f"/api/v1/api-keys/{key['id']}"
    asked = a_key(system, "incident:read")
    problem(await client.as_(other).get("/api/v1/api-keys"), 403, "forbidden")
    problem(await client.as_(other).post("/api/v1/api-keys", asked), 403, "forbidden")
    problem(await client.as_(other).delete(path), 403, "forbidden")


async def test_an_unknown_scope_or_no_scope_is_named(
    client: Client, boss: Account, system: Account
) -> None:
    for scopes, pointer in ((["incident:fly"], "/scopes/0"), ([], "/scopes")):
        answer = await client.as_(boss).post("/api/v1/api-keys", a_key(system, *scopes))
        assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == pointer


async def test_keys_are_paged_newest_first(client: Client, boss: Account, system: Account) -> None:
    made_ids = [(await made(client, boss, system, "incident:read"))["id"] for _ in range(3)]
    first = (await client.as_(boss).get("/api/v1/api-keys?limit=2")).json()
    rest = await client.as_(boss).get("/api/v1/api-keys", params={"after": first["next"]})
    assert [item["id"] for item in first["items"] + rest.json()["items"]] == made_ids[::-1]
    assert rest.json()["next"] is None


async def test_a_key_cannot_change_its_accounts_password(
    client: Client, session: AsyncSession
) -> None:
    system = await an_account(session, "integration")
    admin = client.as_(await an_account(session, "administrator"))
    end = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    made = await admin.post(
        "/api/v1/api-keys",
        {"name": "k", "account": str(system.id), "scopes": ["incident:read"], "expires_at": end},
    )
    secret = made.json()["secret"]
    change = {"current": "x" * 12, "new": "y" * 12}
    by_key = client.with_key(secret)
    problem(await by_key.put("/api/v1/me/password", change), 403, "forbidden")
    headers = {"X-API-Key": secret}
    problem(await client.put("/api/v1/me/password", change, headers=headers), 403, "forbidden")
