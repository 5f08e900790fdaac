"""Units and accounts: the tree, what an administrator may, and what nobody may."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.people.models import Account
from tests.clients import Client, problem
from tests.factories import a_unit, an_account


@pytest.fixture
async def boss(session: AsyncSession) -> Account:
    return await an_account(session, "administrator", username="boss")


def an_applicant(**changes: Any) -> dict[str, Any]:
    wanted = {"username": "wang.li", "name": "王丽", "roles": ["acceptor"]}
    return {**wanted, "password": "correct horse", **changes}


async def test_units_are_listed_in_tree_order(client: Client, boss: Account) -> None:
    made: dict[str, str] = {}
    for code, parent in [("B", None), ("A", None), ("Z", "A"), ("C", "Z"), ("K", "A")]:
        wanted = {"code": code, "name": f"单位{code}", "parent": made.get(parent or "")}
        answer = await client.as_(boss).post("/api/v1/units", wanted)
        assert answer.status_code == 201, answer.text
        made[code] = answer.json()["id"]
        assert answer.headers["location"] == f"/api/v1/units/{made[code]}"
    listed = (await client.as_(boss).get("/api/v1/units")).json()["items"]
    assert [(unit["code"], unit["depth"]) for unit in listed] == [
        ("A", 0),
        ("K", 1),
        ("Z", 1),
        ("C", 2),
        ("B", 0),
    ]
    assert listed[3]["parent"] == made["Z"]


async def test_units_are_filtered_by_words_and_state(client: Client, boss: Account) -> None:
    speaks = client.as_(boss)
    roads = (await speaks.post("/api/v1/units", {"code": "SZ", "name": "市政 100%"})).json()
    await speaks.post("/api/v1/units", {"code": "YL", "name": "园林"})
    await speaks.patch(f"/api/v1/units/{roads['id']}", {"active": False})
    for params, codes in (
        ({"q": "市政"}, ["SZ"]),
        ({"q": "yl"}, ["YL"]),
        ({"q": "%"}, ["SZ"]),
        ({"active": "true"}, ["YL"]),
        ({"active": "false"}, ["SZ"]),
        ({"q": "园林", "active": "false"}, []),
    ):
        listed = (await speaks.get("/api/v1/units", params=params)).json()["items"]
        assert [unit["code"] for unit in listed] == codes, params


async def test_a_unit_cannot_stand_below_itself(client: Client, boss: Account) -> None:
    speaks = client.as_(boss)
    line: list[str] = []
    for code in ("A", "B", "C"):
        wanted = {"code": code, "name": code, "parent": line[-1] if line else None}
        line.append((await speaks.post("/api/v1/units", wanted)).json()["id"])
    for parent in line:
        answer = await speaks.patch(f"/api/v1/units/{line[0]}", {"parent": parent})
        body = problem(answer, 409, "unit-cycle")
        assert body["errors"][0]["pointer"] == "/parent"
    moved = await speaks.patch(f"/api/v1/units/{line[2]}", {"parent": line[0]})
    assert moved.json()["depth"] == 1
    top = await speaks.patch(f"/api/v1/units/{line[2]}", {"parent": None})
    assert (top.json()["depth"], top.json()["parent"]) == (0, None)


async def test_a_unit_needs_a_code_of_its_own_and_a_known_parent(
    client: Client, boss: Account
) -> None:
    speaks = client.as_(boss)
    await speaks.post("/api/v1/units", {"code": "SZ", "name": "市政"})
    twice = await speaks.post("/api/v1/units", {"code": "SZ", "name": "另一个"})
    problem(twice, 409, "unit-code-taken")
    wanted = {"code": "YL", "name": "园林", "parent": str(uuid4())}
    lost = await speaks.post("/api/v1/units", wanted)
    assert problem(lost, 422, "unknown-unit")["errors"][0]["pointer"] == "/parent"
    problem(await speaks.get(f"/api/v1/units/{uuid4()}"), 404, "not-found")
    problem(await speaks.patch(f"/api/v1/units/{uuid4()}", {"name": "x"}), 404, "not-found")


async def test_an_account_is_made_and_its_password_never_leaves(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    unit = await a_unit(session)
    wanted = an_applicant(unit=str(unit.id), phone="138 0000 0000")
    answer = await client.as_(boss).post("/api/v1/accounts", wanted)
    assert answer.status_code == 201, answer.text
    account = answer.json()
    assert account["unit"] == {"id": str(unit.id), "code": "SZ", "name": "单位SZ"}
    assert (account["roles"], account["phone"]) == (["acceptor"], "138 0000 0000")
    path = answer.headers["location"]
    for text in (answer.text, (await client.as_(boss).get(path)).text):
        assert "password" not in text
        assert "argon2" not in text
    form = {"username": "wang.li", "password": "correct horse"}
    assert (await client.post("/api/v1/auth/token", data=form)).status_code == 200


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"username": "Wang"}, "/username"),
        ({"username": "a"}, "/username"),
        ({"username": "-ab"}, "/username"),
        ({"username": "a\x00b"}, "/username"),
        ({"username": "wang li"}, "/username"),
        ({"username": "w" * 65}, "/username"),
        ({"password": "short"}, "/password"),
        ({"password": "\ud800 correct horse"}, "/password"),
        ({"name": "\ud800"}, "/name"),
        ({"roles": []}, "/roles"),
        ({"roles": ["king"]}, "/roles/0"),
        ({"phone": "call me"}, "/phone"),
        ({"name": " "}, "/name"),
        ({"is_admin": True}, "/is_admin"),
    ],
)
async def test_a_wrong_field_of_an_account_is_named(
    client: Client, boss: Account, change: dict[str, Any], pointer: str
) -> None:
    body = json.dumps(an_applicant(**change))
    kind = {"Content-Type": "application/json"}
    answer = await client.as_(boss).post("/api/v1/accounts", content=body, headers=kind)
    assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == pointer


async def test_usernames_are_unique(client: Client, boss: Account) -> None:
    speaks = client.as_(boss)
    assert (await speaks.post("/api/v1/accounts", an_applicant())).status_code == 201
    answer = await speaks.post("/api/v1/accounts", an_applicant(name="另一位"))
    problem(answer, 409, "username-taken")


async def test_a_change_touches_only_what_was_sent(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    unit = await a_unit(session)
    speaks = client.as_(boss)
    made = await speaks.post("/api/v1/accounts", an_applicant(unit=str(unit.id), phone="110"))
    path = f"/api/v1/accounts/{made.json()['id']}"
    assert (await speaks.patch(path, {})).json() == made.json()
    changed = (await speaks.patch(path, {"phone": None, "unit": None, "name": "新名"})).json()
    assert changed == {**made.json(), "phone": None, "unit": None, "name": "新名"}
    refused = await speaks.patch(path, {"name": None})
    assert problem(refused, 422, "invalid-request")["errors"][0]["pointer"] == "/name"
    lost = await speaks.patch(path, {"unit": str(uuid4())})
    assert problem(lost, 422, "unknown-unit")["errors"][0]["pointer"] == "/unit"


@pytest.mark.parametrize(
    ("change", "pointer"), [({"active": False}, "/active"), ({"roles": ["observer"]}, "/roles")]
)
async def test_an_administrator_cannot_shut_the_door_on_themself(
    client: Client, session: AsyncSession, boss: Account, change: dict[str, Any], pointer: str
) -> None:
    path = f"/api/v1/accounts/{boss.id}"
    body = problem(await client.as_(boss).patch(path, change), 409, "own-administration")
    assert body["errors"][0]["pointer"] == pointer
    other = await an_account(session, "administrator", username="other", place=None)
    done = await client.as_(boss).patch(f"/api/v1/accounts/{other.id}", change)
    assert done.status_code == 200, done.text


async def test_an_administrator_may_take_more_roles(client: Client, boss: Account) -> None:
    path = f"/api/v1/accounts/{boss.id}"
    wanted = {"roles": ["administrator", "observer", "administrator"]}
    changed = await client.as_(boss).patch(path, wanted)
    assert changed.json()["roles"] == ["administrator", "observer"]


async def test_a_role_stays_while_posts_rest_on_it(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    steward = await an_account(session, "steward", "handler", place="610526001001001")
    path = f"/api/v1/accounts/{steward.id}"
    answer = await client.as_(boss).patch(path, {"roles": ["handler"]})
    body = problem(answer, 409, "role-in-use")
    assert body["errors"][0]["pointer"] == "/roles"
    [post] = body["posts"]
    ended = await client.as_(boss).patch(
        f"/api/v1/posts/{post}", {"valid_to": "2025-01-01T00:00:00+08:00"}
    )
    assert ended.status_code == 200, ended.text
    assert (await client.as_(boss).patch(path, {"roles": ["handler"]})).status_code == 200


async def test_accounts_are_filtered_and_paged(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    unit = await a_unit(session)
    await an_account(session, "steward", username="s1", unit=unit)
    await an_account(session, "steward", username="s2")
    gone = await an_account(session, "handler", "steward", username="s3", unit=unit)
    gone.active = False
    await session.flush()
    speaks = client.as_(boss)
    for params, names in (
        ({"role": "steward"}, ["s1", "s2", "s3"]),
        ({"unit": str(unit.id)}, ["s1", "s3"]),
        ({"unit": str(unit.id), "active": "true"}, ["s1"]),
        ({"q": "名s2"}, ["s2"]),
        ({"q": "_"}, []),
        ({}, ["boss", "s1", "s2", "s3"]),
    ):
        found: list[str] = []
        after: dict[str, str] = {}
        while True:
            asked = {**params, **after, "limit": "2"}
            page = (await speaks.get("/api/v1/accounts", params=asked)).json()
            found += [item["username"] for item in page["items"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert found == names, params
    damaged = await speaks.get("/api/v1/accounts", params={"after": "nonsense"})
    problem(damaged, 422, "invalid-request")


async def test_a_page_of_accounts_is_one_statement(
    client: Client, session: AsyncSession, boss: Account, connection: AsyncConnection
) -> None:
    unit = await a_unit(session)
    for number in range(5):
        await an_account(session, "steward", username=f"s{number}", unit=unit)
    seen: list[str] = []

    def note(*event_arguments: Any) -> None:
        seen.append(event_arguments[2])

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    await client.as_(boss).get("/api/v1/accounts")
    event.remove(connection.sync_connection, "before_cursor_execute", note)
    selects = [statement for statement in seen if "SAVEPOINT" not in statement]
    assert len(selects) == 1, selects


@pytest.mark.parametrize("path", ["accounts", "units", "posts", "api-keys"])
async def test_stewards_and_strangers_do_not_read_people(
    client: Client, session: AsyncSession, path: str
) -> None:
    steward = await an_account(session, "steward")
    problem(await client.as_(steward).get(f"/api/v1/{path}"), 403, "forbidden")
    problem(await client.get(f"/api/v1/{path}"), 401, "unauthenticated")


@pytest.mark.parametrize("path", ["accounts", "units", "posts"])
async def test_readers_do_not_write(client: Client, session: AsyncSession, path: str) -> None:
    reader = await an_account(session, "acceptor", "supervisor", "dispatcher", "evaluator")
    problem(await client.as_(reader).post(f"/api/v1/{path}", an_applicant()), 403, "forbidden")
    mine = f"/api/v1/{path}/{reader.id}"
    problem(await client.as_(reader).patch(mine, {"active": True}), 403, "forbidden")
