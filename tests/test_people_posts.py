"""Posts: who, where, for what, from–to; deputies; what a post lets somebody see."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.models import Account
from app.permissions import Permission, Role, permissions_of
from tests.clients import Client, problem
from tests.factories import LONG_AGO, a_cell, a_post, a_report, a_unit, an_account, an_area, ids

CELL = "610526001001001"
OTHER_CELL = "610526002001001"
DISTRICT, SUBDISTRICT = "610526", "610526001"
AFRESH = trials(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def at(hours: float) -> datetime:
    return datetime.now(UTC) + timedelta(hours=hours)


@pytest.fixture
async def boss(session: AsyncSession) -> Account:
    return await an_account(session, "administrator", username="boss")


@pytest.fixture
async def steward(session: AsyncSession) -> Account:
    return await an_account(session, "steward", username="steward", place=None)


async def test_a_post_is_given_and_told(
    client: Client, session: AsyncSession, boss: Account, steward: Account
) -> None:
    await a_cell(session, CELL)
    wanted = {"account": str(steward.id), "duty": "steward", "place": CELL, "category": "E01"}
    answer = await client.as_(boss).post("/api/v1/posts", wanted)
    assert answer.status_code == 201, answer.text
    post = answer.json()
    assert post["account"] == {"id": str(steward.id), "username": "steward", "name": "姓名steward"}
    assert (post["place"], post["category"]) == (CELL, "E01")
    assert (await client.as_(boss).get(answer.headers["location"])).json() == post
    assert (await client.as_(steward).get("/api/v1/me")).json()["posts"] == [post]


async def test_null_is_the_whole_city_and_every_class(
    client: Client, boss: Account, steward: Account
) -> None:
    posts = []
    for everything in (None, ""):
        wanted = {"account": str(steward.id), "duty": "steward"}
        wanted |= {"place": everything, "category": everything}
        posts.append((await client.as_(boss).post("/api/v1/posts", wanted)).json())
        assert (posts[-1]["place"], posts[-1]["category"]) == (None, None)
    listed = (await client.as_(boss).get("/api/v1/posts?place=&duty=steward")).json()["items"]
    assert listed == posts


async def test_owners_are_no_posts_of_persons_and_the_remedy_says_where_they_are(
    client: Client, session: AsyncSession, boss: Account, steward: Account
) -> None:
    owned = await a_post(session, await a_unit(session), category="E01")
    speaks = client.as_(boss)
    wanted = {"account": str(steward.id), "duty": "owner"}
    for answer in (
        await speaks.post("/api/v1/posts", wanted),
        await speaks.get("/api/v1/posts?duty=owner"),
    ):
        assert "/api/v1/ownership" in problem(answer, 422, "invalid-request")["errors"][0]["detail"]
    assert owned.id not in ids((await speaks.get("/api/v1/posts?all_periods=true")).json()["items"])
    problem(await speaks.get(f"/api/v1/posts/{owned.id}"), 404, "not-found")
    problem(await speaks.patch(f"/api/v1/posts/{owned.id}", {}), 404, "not-found")


async def wrong_posts(session: AsyncSession, steward: Account) -> dict[str, Any]:
    """Each wrong field of a post: what is changed, the problem's name, the field it points at."""
    handler = await an_account(session, "handler", username="handler", place=None)
    gone = await an_account(session, "steward", username="gone", place=None)
    gone.active = False
    await session.flush()
    deputy = {"deputy_from": at(0), "deputy_to": at(8)}
    return {
        "no such account": ({"account": str(uuid4())}, "unknown-account", "/account"),
        "account off": ({"account": str(gone.id)}, "unknown-account", "/account"),
        "role lacking": ({"duty": "acceptor"}, "role-not-held", "/duty"),
        "no such place": ({"place": "610526009"}, "unknown-place", "/place"),
        "no such class": ({"category": "X"}, "unknown-category", "/category"),
        "half a class": ({"category": "E0"}, "unknown-category", "/category"),
        "backwards": ({"valid_from": at(2), "valid_to": at(1)}, "period-reversed", "/valid_to"),
        "over before now": ({"valid_to": at(-1)}, "period-reversed", "/valid_to"),
        "deputy without period": (
            {"deputy": str(handler.id)},
            "deputy-incomplete",
            "/deputy_from",
        ),
        "period without deputy": (deputy, "deputy-incomplete", "/deputy"),
        "own deputy": ({**deputy, "deputy": str(steward.id)}, "deputy-is-holder", "/deputy"),
        "deputy without role": ({**deputy, "deputy": str(handler.id)}, "role-not-held", "/deputy"),
        "deputy off": ({**deputy, "deputy": str(gone.id)}, "unknown-account", "/deputy"),
        "deputy backwards": (
            {"deputy": str(handler.id), "deputy_from": at(2), "deputy_to": at(1)},
            "period-reversed",
            "/deputy_to",
        ),
    }


async def test_a_wrong_post_names_the_field_and_the_remedy(
    client: Client, session: AsyncSession, boss: Account, steward: Account
) -> None:
    for name, (changes, slug, pointer) in (await wrong_posts(session, steward)).items():
        wanted = {"account": str(steward.id), "duty": "steward", **changes}
        sent = {
            key: value.isoformat() if isinstance(value, datetime) else value
            for key, value in wanted.items()
        }
        for language in ("zh", "en"):
            headers = {"Accept-Language": language}
            answer = await client.as_(boss).post("/api/v1/posts", sent, headers=headers)
            body = problem(answer, 422, slug)
            assert body["errors"] == [{"pointer": pointer, "detail": body["detail"]}], name
            assert len(body["detail"]) > 8, name


async def test_a_post_ends_and_its_history_stays(
    client: Client, session: AsyncSession, boss: Account, steward: Account
) -> None:
    post = await a_post(session, steward, place=CELL)
    path = f"/api/v1/posts/{post.id}"
    ended = await client.as_(boss).patch(path, {"valid_to": at(-24).isoformat()})
    assert ended.status_code == 200, ended.text
    about = {"account": str(steward.id)}
    speaks = client.as_(boss)
    assert (await speaks.get("/api/v1/posts", params=about)).json()["items"] == []
    then = {**about, "at": at(-48).isoformat()}
    assert ids((await speaks.get("/api/v1/posts", params=then)).json()["items"]) == [post.id]
    ever = {**about, "all_periods": "true"}
    assert ids((await speaks.get("/api/v1/posts", params=ever)).json()["items"]) == [post.id]
    assert (await speaks.get(path)).json() == ended.json()
    assert (await speaks.delete(path)).status_code == 405
    early = await speaks.patch(path, {"valid_to": "2019-01-01T00:00:00Z"})
    assert problem(early, 422, "period-reversed")["errors"][0]["pointer"] == "/valid_to"


async def test_a_post_whose_holder_left_can_be_ended_but_not_prolonged(
    client: Client, session: AsyncSession, boss: Account, steward: Account
) -> None:
    post = await a_post(session, steward, place=CELL)
    steward.active = False
    await session.flush()
    path = f"/api/v1/posts/{post.id}"
    ended = await client.as_(boss).patch(path, {"valid_to": at(1).isoformat()})
    assert ended.status_code == 200, ended.text
    longer = await client.as_(boss).patch(path, {"valid_to": None})
    assert problem(longer, 422, "unknown-account")["errors"][0]["pointer"] == "/account"


async def test_a_deputy_is_named_and_withdrawn(
    client: Client, session: AsyncSession, boss: Account, steward: Account
) -> None:
    other = await an_account(session, "steward", username="other", place=None)
    post = await a_post(session, steward, place=CELL)
    path = f"/api/v1/posts/{post.id}"
    period = {"deputy_from": at(-1).isoformat(), "deputy_to": at(1).isoformat()}
    named = await client.as_(boss).patch(path, {"deputy": str(other.id), **period})
    assert named.json()["deputy"]["username"] == "other"
    role = await client.as_(boss).patch(f"/api/v1/accounts/{other.id}", {"roles": ["handler"]})
    assert problem(role, 409, "role-in-use")["posts"] == [str(post.id)]
    withdrawn = (await client.as_(boss).patch(path, {"deputy": None})).json()
    assert [withdrawn[name] for name in ("deputy", "deputy_from", "deputy_to")] == [None] * 3


@pytest.mark.parametrize(
    ("start", "end", "deputising"),
    [(-2, 2, True), (-4, -2, False), (2, 4, False), (-2, 0.5, True)],
)
async def test_a_deputy_has_the_place_while_deputising_and_only_then(
    client: Client,
    session: AsyncSession,
    steward: Account,
    start: float,
    end: float,
    deputising: bool,
) -> None:
    await a_cell(session, CELL)
    deputy = await an_account(session, "steward", username="deputy", place=None)
    more = {"deputy_id": deputy.id, "deputy_from": at(start), "deputy_to": at(end)}
    post = await a_post(session, steward, place=CELL, **more)
    reporter = await an_account(session, "acceptor", username="reporter")
    case = (await client.as_(reporter).post("/api/v1/incidents", a_report())).json()
    on_duty = deputy if deputising else steward
    assert case["steward"] == {"id": str(on_duty.id), "name": on_duty.name}
    seen = (await client.as_(deputy).get("/api/v1/incidents")).json()["items"]
    assert ids(seen) == ([UUID(case["id"])] if deputising else [])
    me = (await client.as_(deputy).get("/api/v1/me")).json()
    assert ids(me["posts"]) == ([post.id] if deputising else [])
    holder = (await client.as_(steward).get("/api/v1/me")).json()
    assert ids(holder["posts"]) == [post.id]


async def test_a_steward_without_a_post_sees_nothing_and_is_assigned_nothing(
    client: Client, session: AsyncSession, steward: Account
) -> None:
    await a_cell(session, CELL)
    later = await an_account(session, "steward", username="later", place=None)
    await a_post(session, later, place=CELL, valid_from=at(1))
    before = await an_account(session, "steward", username="before", place=None)
    await a_post(session, before, place=CELL, valid_to=at(-1))
    reporter = await an_account(session, "acceptor", username="reporter")
    case = (await client.as_(reporter).post("/api/v1/incidents", a_report())).json()
    assert case["cell"]["code"] == CELL
    assert case["steward"] is None
    for account in (steward, later, before):
        listed = await client.as_(account).get("/api/v1/incidents")
        assert listed.json()["items"] == []
        one = await client.as_(account).get(f"/api/v1/incidents/{case['id']}")
        problem(one, 404, "not-found")
        assert (await client.as_(account).get("/api/v1/me")).json()["posts"] == []


class Town:
    """Two subdistricts, two units, and people in them."""

    reader: Account
    accounts: dict[str, Account]


@pytest.fixture
async def town(session: AsyncSession) -> Town:
    for code, level in ((DISTRICT, "district"), (SUBDISTRICT, "subdistrict")):
        await an_area(session, code, level)
    await an_area(session, "610526001001")
    await an_area(session, "610526002", "subdistrict", 50)
    await an_area(session, "610526002001", column=50)
    await a_cell(session, CELL)
    await a_cell(session, OTHER_CELL, column=50)
    unit, other = await a_unit(session, "A"), await a_unit(session, "B")
    below = await a_unit(session, "A1", unit)
    town = Town()
    town.reader = await an_account(
        session, "acceptor", username="reader", unit=unit, place=SUBDISTRICT
    )
    town.accounts = {
        name: await an_account(session, "steward", username=name, unit=of, place=place)
        for name, of, place in (
            ("in-cell", other, CELL),
            ("in-community", other, "610526001001"),
            ("colleague", below, None),
            ("elsewhere", other, OTHER_CELL),
            ("above", other, DISTRICT),
            ("nowhere", None, None),
        )
    }
    away = await an_account(session, "steward", username="deputy", unit=other, place=None)
    times = {"deputy_from": at(-1), "deputy_to": at(1)}
    holder = town.accounts["in-cell"]
    await a_post(session, holder, place=CELL, deputy_id=away.id, **times)
    return town


async def test_a_reader_sees_the_people_of_own_places_and_units(
    client: Client, boss: Account, town: Town
) -> None:
    listed = (await client.as_(town.reader).get("/api/v1/accounts")).json()["items"]
    visible = ["colleague", "deputy", "in-cell", "in-community", "reader"]
    assert [item["username"] for item in listed] == visible
    for name, account in town.accounts.items():
        answer = await client.as_(town.reader).get(f"/api/v1/accounts/{account.id}")
        assert answer.status_code == (200 if name in visible else 404), name
        assert (await client.as_(boss).get(f"/api/v1/accounts/{account.id}")).status_code == 200


async def test_a_reader_sees_the_posts_of_own_places_and_units(
    client: Client, boss: Account, town: Town
) -> None:
    mine = (await client.as_(town.reader).get("/api/v1/posts")).json()["items"]
    assert {(item["place"], item["duty"]) for item in mine} == {
        (SUBDISTRICT, "acceptor"),
        ("610526001001", "steward"),
        (CELL, "steward"),
    }
    every = (await client.as_(boss).get("/api/v1/posts")).json()["items"]
    for post in every:
        answer = await client.as_(town.reader).get(f"/api/v1/posts/{post['id']}")
        assert answer.status_code == (200 if post in mine else 404), post
    assert len(every) > len(mine)


async def test_a_reader_for_the_whole_city_sees_everybody(
    client: Client, session: AsyncSession, town: Town
) -> None:
    evaluator = await an_account(session, "evaluator", username="evaluator")
    listed = (await client.as_(evaluator).get("/api/v1/accounts")).json()["items"]
    assert len(listed) == len(town.accounts) + 3


async def test_posts_are_paged(client: Client, session: AsyncSession, boss: Account) -> None:
    holders = [await an_account(session, "steward", username=f"s{n}") for n in range(5)]
    for holder in holders:
        await a_post(session, holder, place=CELL)
    found: list[UUID] = []
    after: dict[str, str] = {}
    while True:
        asked = {"limit": "3", "duty": "steward", **after}
        page = (await client.as_(boss).get("/api/v1/posts", params=asked)).json()
        found += ids(page["items"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert len(found) == len(set(found)) == 10


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(Role),
        "active": st.sampled_from(["true", "false"]),
        "q": st.sampled_from(["e", "in", "姓名", "%", "_", "\\", "reader"]),
        "unit": st.just(str(UUID(int=1))),
        "duty": st.sampled_from(Role),
        "place": st.sampled_from(["", CELL, OTHER_CELL, DISTRICT]),
        "at": st.sampled_from([LONG_AGO.isoformat(), "2024-05-01T00:00:00Z"]),
        "all_periods": st.sampled_from(["true", "false"]),
    },
)
ACCOUNT_FILTERS, POST_FILTERS = (
    {"role", "active", "q", "unit"},
    {"duty", "place", "at", "all_periods"},
)


@AFRESH
@given(filters=FILTERS)
@example(filters={})
async def test_filters_never_show_more_than_one_may_see(
    client: Client, town: Town, filters: dict[str, str]
) -> None:
    speaks = client.as_(town.reader)
    everything = {"all_periods": "true"}
    for path, known, widest in (
        ("/api/v1/accounts", ACCOUNT_FILTERS, {}),
        ("/api/v1/posts", POST_FILTERS, everything),
    ):
        asked = {name: value for name, value in filters.items() if name in known}
        seen = (await speaks.get(path, params=asked)).json()["items"]
        may_see = (await speaks.get(path, params=widest)).json()["items"]
        assert set(ids(seen)) <= set(ids(may_see))


GATES = {
    "/api/v1/accounts": Permission.PEOPLE_READ,
    "/api/v1/posts": Permission.PEOPLE_READ,
    "/api/v1/ownership": Permission.PEOPLE_READ,
    "/api/v1/units": Permission.PEOPLE_READ,
    "/api/v1/api-keys": Permission.KEY_MANAGE,
    "/api/v1/incidents": Permission.INCIDENT_READ,
    "/api/v1/facts": Permission.FACT_READ,
}


@AFRESH
@given(roles=st.sets(st.sampled_from(Role)), path=st.sampled_from(sorted(GATES)))
@example(roles=set(), path="/api/v1/accounts")
async def test_a_permission_that_no_role_grants_never_passes(
    client: Client, session: AsyncSession, steward: Account, roles: set[Role], path: str
) -> None:
    steward.roles = sorted(roles)
    await session.flush()
    answer = await client.as_(steward).get(path)
    granted = GATES[path] in permissions_of(sorted(roles))
    assert answer.status_code == (200 if granted else 403)
    me = (await client.as_(steward).get("/api/v1/me")).json()
    assert set(me["permissions"]) == permissions_of(sorted(roles))
