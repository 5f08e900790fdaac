"""Sign-in: passwords, lock-out, refresh tokens that work once, tokens that do not work at all."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.people import jobs, passwords
from app.people.models import Account, RefreshToken
from tests.clients import Client, problem
from tests.factories import LONG_AGO, an_account

PASSWORD = "correct horse battery"


async def a_person(session: AsyncSession, *roles: str, **more: Any) -> Account:
    """An account that can sign in with PASSWORD."""
    account = await an_account(session, *roles or ("acceptor",), **more)
    account.password_hash = await passwords.hash_(SecretStr(PASSWORD))
    await session.flush()
    return account


async def sign_in(client: Client, username: str, password: str = PASSWORD) -> httpx.Response:
    form = {"grant_type": "password", "username": username, "password": password}
    return await client.post("/api/v1/auth/token", data=form)


async def refresh(client: Client, token: str) -> httpx.Response:
    return await client.post("/api/v1/auth/refresh", {"refresh_token": token})


async def chain(client: Client, username: str) -> str:
    answer = await sign_in(client, username)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["refresh_token"])


async def test_a_password_opens_the_door(client: Client, session: AsyncSession) -> None:
    account = await a_person(session, username="wang.li")
    answer = await sign_in(client, "wang.li")
    body = answer.json()
    assert answer.status_code == 200, body
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == settings().access_token_minutes * 60
    assert answer.headers["cache-control"] == "no-store"
    me = await Client(client.http, body["access_token"]).get("/api/v1/me")
    assert me.json()["account"]["id"] == str(account.id)


async def test_usernames_are_typed_in_any_case(client: Client, session: AsyncSession) -> None:
    await a_person(session, username="wang.li")
    assert (await sign_in(client, " Wang.Li ")).status_code == 200


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    client: Client, session: AsyncSession
) -> None:
    await a_person(session, username="wang.li")
    wrong = await sign_in(client, "wang.li", "not the password")
    unknown = await sign_in(client, "nobody.here", "not the password")
    problem(wrong, 401, "wrong-credentials")
    assert wrong.content == unknown.content
    assert wrong.headers["www-authenticate"] == "Bearer"


async def test_an_unknown_name_costs_a_password_check_too(
    client: Client, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = passwords._verify

    def noted(stored: str, password: str) -> bool:
        checked.append(stored)
        return verify(stored, password)

    monkeypatch.setattr(passwords, "_verify", noted)
    await a_person(session, username="wang.li")
    await sign_in(client, "wang.li", "wrong wrong wrong")
    await sign_in(client, "nobody.here", "wrong wrong wrong")
    costs = [stored.split("$")[3] for stored in checked]
    assert len(costs) == 2
    assert costs[0] == costs[1]


async def test_accounts_that_are_off_or_have_no_password_are_unknown(
    client: Client, session: AsyncSession
) -> None:
    left = await a_person(session, username="left")
    left.active = False
    await an_account(session, "integration", username="machine")
    await session.flush()
    for name in ("left", "machine"):
        problem(await sign_in(client, name), 401, "wrong-credentials")


@pytest.mark.parametrize(
    "form",
    [
        {"username": "wang.li"},
        {"username": "wang\x00li", "password": "x"},
        {"username": "", "password": "x"},
        {"username": "wang.li", "password": "x" * 257},
        {"username": "wang.li", "password": "x", "grant_type": "client_credentials"},
    ],
)
async def test_a_malformed_form_is_named(client: Client, form: dict[str, str]) -> None:
    problem(await client.post("/api/v1/auth/token", data=form), 422, "invalid-request")


async def test_failures_are_counted_across_failed_requests_and_lock(
    client: Client, session: AsyncSession
) -> None:
    account = await a_person(session, username="wang.li")
    for _ in range(settings().login_failures):
        problem(await sign_in(client, "wang.li", "wrong"), 401, "wrong-credentials")
    refused = await sign_in(client, "wang.li")
    body = problem(refused, 429, "account-locked")
    seconds = int(refused.headers["retry-after"])
    assert 0 < seconds <= settings().login_lock_minutes * 60
    assert body["retry_after_seconds"] == seconds
    await session.refresh(account)
    assert account.failed_logins == settings().login_failures


async def test_simultaneous_guesses_cannot_exceed_the_limit(
    client: Client, session: AsyncSession
) -> None:
    await a_person(session, username="wang.li")
    answers = await asyncio.gather(*(sign_in(client, "wang.li", "wrong") for _ in range(12)))
    told = sorted(answer.status_code for answer in answers)
    assert told == [401] * settings().login_failures + [429] * (12 - settings().login_failures)


async def test_a_success_starts_the_count_anew(client: Client, session: AsyncSession) -> None:
    account = await a_person(session, username="wang.li")
    for _ in range(2):
        for _ in range(settings().login_failures - 1):
            await sign_in(client, "wang.li", "wrong")
        assert (await sign_in(client, "wang.li")).status_code == 200
    await session.refresh(account)
    assert account.failed_logins == 0


async def test_a_lock_ends_by_itself_and_the_count_starts_anew(
    client: Client, session: AsyncSession
) -> None:
    account = await a_person(session, username="wang.li")
    account.failed_logins, account.locked_until = settings().login_failures, LONG_AGO
    await session.flush()
    problem(await sign_in(client, "wang.li", "wrong"), 401, "wrong-credentials")
    await session.refresh(account)
    assert (account.failed_logins, account.locked_until) == (1, None)
    assert (await sign_in(client, "wang.li")).status_code == 200


async def test_an_unknown_name_is_never_locked(client: Client) -> None:
    for _ in range(settings().login_failures + 1):
        problem(await sign_in(client, "nobody.here", "wrong"), 401, "wrong-credentials")


async def test_a_refresh_token_works_once(client: Client, session: AsyncSession) -> None:
    account = await a_person(session, username="wang.li")
    first = await chain(client, "wang.li")
    answer = await refresh(client, first)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["refresh_token"] != first
    me = await Client(client.http, body["access_token"]).get("/api/v1/me")
    assert me.json()["account"]["id"] == str(account.id)
    assert (await refresh(client, body["refresh_token"])).status_code == 200


async def test_a_used_refresh_token_ends_its_whole_chain_and_no_other(
    client: Client, session: AsyncSession
) -> None:
    await a_person(session, username="wang.li")
    other = await chain(client, "wang.li")
    stolen = await chain(client, "wang.li")
    second = (await refresh(client, stolen)).json()["refresh_token"]
    third = (await refresh(client, second)).json()["refresh_token"]
    problem(await refresh(client, stolen), 401, "invalid-refresh-token")
    problem(await refresh(client, third), 401, "invalid-refresh-token")
    assert (await refresh(client, other)).status_code == 200


async def test_a_link_that_escaped_the_revocation_is_dead_all_the_same(
    client: Client, session: AsyncSession
) -> None:
    await a_person(session, username="wang.li")
    first = await chain(client, "wang.li")
    second = (await refresh(client, first)).json()["refresh_token"]
    hit = update(RefreshToken).where(RefreshToken.used_at.is_not(None))
    await session.execute(hit.values(revoked_at=func.now()))
    problem(await refresh(client, second), 401, "invalid-refresh-token")


async def test_expired_and_unknown_refresh_tokens_are_refused(
    client: Client, session: AsyncSession
) -> None:
    await a_person(session, username="wang.li")
    token = await chain(client, "wang.li")
    await session.execute(update(RefreshToken).values(expires_at=LONG_AGO))
    for presented in (token, "made-up", "密钥"):
        problem(await refresh(client, presented), 401, "invalid-refresh-token")


async def test_signing_out_ends_the_chain(client: Client, session: AsyncSession) -> None:
    await a_person(session, username="wang.li")
    first, other = await chain(client, "wang.li"), await chain(client, "wang.li")
    second = (await refresh(client, first)).json()["refresh_token"]
    out = await client.post("/api/v1/auth/logout", {"refresh_token": first})
    assert (out.status_code, out.content) == (204, b"")
    problem(await refresh(client, second), 401, "invalid-refresh-token")
    assert (await refresh(client, other)).status_code == 200
    unknown = await client.post("/api/v1/auth/logout", {"refresh_token": "made-up"})
    assert unknown.status_code == 204


async def test_secrets_are_stored_hashed_only(client: Client, session: AsyncSession) -> None:
    account = await a_person(session, username="wang.li")
    token = await chain(client, "wang.li")
    stored = await session.scalar(select(RefreshToken.token_hash))
    assert stored is not None
    assert token.encode() not in stored
    assert (account.password_hash or "").startswith("$argon2id$")


async def test_a_new_password_ends_all_other_sign_ins(
    client: Client, session: AsyncSession
) -> None:
    account = await a_person(session, username="wang.li")
    kept, other = await chain(client, "wang.li"), await chain(client, "wang.li")
    wanted = {"current": PASSWORD, "new": "another long one", "refresh_token": kept}
    answer = await client.as_(account).put("/api/v1/me/password", wanted)
    assert answer.status_code == 204, answer.text
    problem(await sign_in(client, "wang.li"), 401, "wrong-credentials")
    assert (await sign_in(client, "wang.li", "another long one")).status_code == 200
    problem(await refresh(client, other), 401, "invalid-refresh-token")
    assert (await refresh(client, kept)).status_code == 200


async def test_guessing_the_current_password_is_counted_and_locks(
    client: Client, session: AsyncSession
) -> None:
    account = await a_person(session, username="wang.li")
    guess = {"current": "wrong", "new": "another long one"}
    for _ in range(settings().login_failures):
        answer = await client.as_(account).put("/api/v1/me/password", guess)
        body = problem(answer, 422, "wrong-password")
        assert body["errors"][0]["pointer"] == "/current"
    locked = await client.as_(account).put("/api/v1/me/password", {**guess, "current": PASSWORD})
    problem(locked, 429, "account-locked")


async def test_a_short_password_is_refused_with_its_length(
    client: Client, session: AsyncSession
) -> None:
    account = await a_person(session, username="wang.li")
    answer = await client.as_(account).put(
        "/api/v1/me/password", {"current": PASSWORD, "new": "short"}
    )
    body = problem(answer, 422, "invalid-request")
    assert body["errors"][0]["pointer"] == "/new"
    assert "10" in body["errors"][0]["detail"]


def forged(account_id: UUID, *, key: str | None = None, **changes: Any) -> str:
    claims = {
        "sub": str(account_id),
        "use": "access",
        "exp": datetime.now(UTC) + timedelta(minutes=5),
        **changes,
    }
    signing = settings().secret_key.get_secret_value() if key is None else key
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, signing, algorithm="HS256" if signing else "none")


async def test_only_our_own_fresh_access_tokens_are_taken(
    client: Client, session: AsyncSession
) -> None:
    account = await an_account(session, "acceptor")
    good = forged(account.id)
    assert (await Client(client.http, good).get("/api/v1/me")).status_code == 200
    head, claims, _ = good.split(".")
    bad = {
        "expired": forged(account.id, exp=datetime.now(UTC) - timedelta(seconds=1)),
        "endless": forged(account.id, exp=None),
        "nobody": forged(account.id, sub=None),
        "for another use": forged(account.id, use="refresh"),
        "another key": forged(account.id, key="x" * 40),
        "no algorithm": forged(account.id, key=""),
        "no signature": f"{head}.{claims}.",
        "unknown account": forged(uuid4()),
        "not an account": forged(account.id, sub="1 OR 1=1"),
        "garbage": "garbage",
        "no such key": "wgk_" + "x" * 43,
    }
    for name, token in bad.items():
        answer = await Client(client.http, token).get("/api/v1/me")
        assert answer.headers["www-authenticate"] == "Bearer", name
        problem(answer, 401, "unauthenticated")
    problem(await client.get("/api/v1/me"), 401, "unauthenticated")


async def test_an_account_switched_off_is_out_at_once(
    client: Client, session: AsyncSession
) -> None:
    boss = await an_account(session, "administrator")
    account = await a_person(session, username="wang.li")
    token = await chain(client, "wang.li")
    path = f"/api/v1/accounts/{account.id}"
    assert (await client.as_(boss).patch(path, {"active": False})).status_code == 200
    problem(await client.as_(account).get("/api/v1/me"), 401, "unauthenticated")
    problem(await refresh(client, token), 401, "invalid-refresh-token")
    assert (await client.as_(boss).patch(path, {"active": True})).status_code == 200
    problem(await refresh(client, token), 401, "invalid-refresh-token")
    assert (await sign_in(client, "wang.li")).status_code == 200


async def test_an_administrators_new_password_unlocks_and_ends_sign_ins(
    client: Client, session: AsyncSession
) -> None:
    boss = await an_account(session, "administrator")
    account = await a_person(session, username="wang.li")
    token = await chain(client, "wang.li")
    for _ in range(settings().login_failures):
        await sign_in(client, "wang.li", "wrong")
    path = f"/api/v1/accounts/{account.id}"
    assert (await client.as_(boss).get(path)).json()["locked_until"] is not None
    answer = await client.as_(boss).patch(path, {"password": "a brand new one"})
    assert answer.json()["locked_until"] is None
    assert (await sign_in(client, "wang.li", "a brand new one")).status_code == 200
    problem(await refresh(client, token), 401, "invalid-refresh-token")


async def test_tokens_are_swept_when_they_can_tell_nothing_more(
    client: Client, session: AsyncSession
) -> None:
    await a_person(session, username="wang.li")
    old, new = await chain(client, "wang.li"), await chain(client, "wang.li")
    first = select(RefreshToken.id).order_by(RefreshToken.id).limit(1).scalar_subquery()
    await session.execute(
        update(RefreshToken).where(RefreshToken.id == first).values(expires_at=LONG_AGO)
    )
    await jobs.sweep_tokens()
    assert await session.scalar(select(func.count()).select_from(RefreshToken)) == 1
    problem(await refresh(client, old), 401, "invalid-refresh-token")
    assert (await refresh(client, new)).status_code == 200


STRANGE = (b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"refresh_token": "\\ud800"}', b'{"a":')
STRANGE_FORMS = (b"", b"username", b"username=%ff&password=%00", b"username=a&username=b&password=")


@pytest.mark.parametrize("path", ["refresh", "logout", "token"])
async def test_no_body_however_strange_is_a_500(client: Client, path: str) -> None:
    kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "x")
    for kind in (*kinds, "multipart/form-data; boundary=x"):
        for body in (*STRANGE, *STRANGE_FORMS):
            answer = await client.post(
                f"/api/v1/auth/{path}", content=body, headers={"Content-Type": kind}
            )
            assert answer.status_code in (401, 415, 422), (kind, body, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
async def test_no_token_however_strange_is_a_500(client: Client, header: str) -> None:
    for token in (b"", b"wgk_", b"wgk_\xff", b"\xe5\xbc\xa0", b"a.b.c", b"..", b"wgk_\x01", b"{}"):
        value = b"Bearer " + token if header == "Authorization" else token
        answer = await client.http.get("/api/v1/me", headers=[(header.encode(), value)])
        problem(answer, 401, "unauthenticated")
