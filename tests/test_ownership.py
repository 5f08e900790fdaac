"""Whose a class is at a place: classes, places, drawings, periods, ties; and who may say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, sin, tau
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.grids import queries as grids
from app.ownership.queries import Finding, Verdict, owners_of
from app.people import queries as people
from app.people.models import Account, Post, Unit
from app.permissions import Permission, Role
from app.spatial import ewkt, point
from tests.clients import Client, problem
from tests.factories import (
    LONG_AGO,
    SOUTH,
    STEP,
    WEST,
    a_cell,
    a_post,
    a_report,
    a_unit,
    an_account,
    an_area,
    ids,
    middle,
    square,
)

CELL = "610526001001001"
PATH = ["610526", "610526001", "610526001001", CELL]
HERE = (WEST + STEP / 2, SOUTH + STEP / 2)
NOW = datetime.now(UTC)
OWNERSHIP = "/api/v1/ownership"


def hours(number: float) -> datetime:
    return NOW + timedelta(hours=number)


def drawn(west: float, south: float, size: float, crs: str = "cgcs2000") -> dict[str, Any]:
    """A drawn square, counted in squares of the chessboard."""
    left, low = WEST + west * STEP, SOUTH + south * STEP
    right, high = left + size * STEP, low + size * STEP
    ring = [[left, low], [right, low], [right, high], [left, high], [left, low]]
    return {"type": "Polygon", "crs": crs, "coordinates": [ring]}


async def an_owner(
    session: AsyncSession, holder: Account | Unit | Role, square_of: int | None = None, **more: Any
) -> Post:
    """An ownership since long ago; `square_of` squares from the corner make a drawn area."""
    columns: dict[str, Any] = {"place_code": "", "category_code": "", "valid_from": LONG_AGO}
    if square_of is not None:
        size = STEP * square_of
        columns |= {"place_code": None, "area": square(0, 0, size), "area_square_metres": size}
    held = {Unit: "unit_id", Account: "account_id"}.get(type(holder), "role")
    columns[held] = holder if held == "role" else holder.id  # type: ignore[union-attr]
    post = Post(duty="owner", **{**columns, **more})
    session.add(post)
    await session.flush()
    return post


async def whose(session: AsyncSession, category: str = "E0112", **more: Any) -> Finding:
    lon, lat = more.pop("place", HERE)
    asked = {"path": PATH, "lon": lon, "lat": lat, "category": category, "at": NOW, **more}
    return await owners_of(session, **asked)


@pytest.fixture
async def boss(session: AsyncSession) -> Account:
    return await an_account(session, "administrator", username="boss")


@pytest.fixture
async def reader(session: AsyncSession) -> Account:
    return await an_account(session, "dispatcher", username="reader")


@pytest.fixture
async def units(session: AsyncSession) -> list[Unit]:
    return [await a_unit(session, code) for code in ("A", "B", "C")]


LADDER: list[dict[str, Any]] = [
    {"category_code": "E0112", "place_code": CELL},
    {"category_code": "E0112", "square_of": 1},
    {"category_code": "E0112", "square_of": 3},
    {"category_code": "E0112", "place_code": PATH[2]},
    {"category_code": "E0112", "place_code": PATH[0]},
    {"category_code": "E0112"},
    {"category_code": "E01", "place_code": CELL},
    {"category_code": "E01"},
    {"category_code": "E", "place_code": PATH[1]},
    {"category_code": "E"},
    {"place_code": CELL},
    {"square_of": 2},
    {"place_code": PATH[0]},
    {},
]


async def test_the_narrowest_class_wins_and_then_the_narrowest_place(
    session: AsyncSession,
) -> None:
    units = {}
    for number, rule in enumerate(LADDER):
        unit = await a_unit(session, f"U{number}")
        units[(await an_owner(session, unit, **rule)).id] = unit
    for post_id, unit in units.items():
        found = await whose(session)
        assert (found.verdict, [owner.post_id for owner in found.owners]) == ("unique", [post_id])
        (owner,) = found.owners
        assert (owner.kind, owner.unit_id, owner.name) == ("unit", unit.id, unit.name)
        (await session.get_one(Post, post_id)).valid_to = NOW
        await session.flush()
    assert await whose(session) == Finding(Verdict.NONE, ())


async def test_different_holders_of_one_rank_are_several_and_one_holder_twice_is_one(
    session: AsyncSession, units: list[Unit]
) -> None:
    first = await an_owner(session, units[0], category_code="E01", valid_from=hours(-9))
    await an_owner(session, units[0], category_code="E01")
    await an_owner(session, units[1], category_code="E")
    twice = await whose(session)
    assert (twice.verdict, len(twice.owners)) == (Verdict.UNIQUE, 1)
    assert twice.owners[0].post_id != first.id
    await an_owner(session, units[2], category_code="E01")
    found = await whose(session)
    assert found.verdict is Verdict.SEVERAL
    assert {owner.unit_id for owner in found.owners} == {units[0].id, units[2].id}


async def test_only_what_has_begun_and_not_ended_counts(
    session: AsyncSession, units: list[Unit]
) -> None:
    await an_owner(session, units[0], valid_from=hours(-2), valid_to=hours(-1))
    await an_owner(session, units[1], valid_from=hours(1))
    await an_owner(session, units[2], valid_from=hours(-1), valid_to=hours(-1))
    assert (await whose(session)).verdict is Verdict.NONE
    for moment, unit in ((-2, units[0]), (1, units[1])):
        (owner,) = (await whose(session, at=hours(moment))).owners
        assert owner.unit_id == unit.id
    assert (await whose(session, at=hours(-1))).verdict is Verdict.NONE


async def test_a_holder_that_is_switched_off_gives_way(
    session: AsyncSession, units: list[Unit]
) -> None:
    person = await an_account(session, "handler", username="person", place=None)
    await an_owner(session, units[0], category_code="E0112")
    await an_owner(session, person, category_code="E01")
    await an_owner(session, units[1])
    units[0].active = person.active = False
    await session.flush()
    (owner,) = (await whose(session)).owners
    assert owner.unit_id == units[1].id


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [(0.5, 0.5, True), (1.0, 0.5, True), (1.0, 1.0, True), (1.001, 0.5, False), (-0.1, 0.5, False)],
)
async def test_the_border_belongs_to_a_drawn_area(
    session: AsyncSession, units: list[Unit], lon: float, lat: float, inside: bool
) -> None:
    await an_owner(session, units[0], square_of=1)
    place = (WEST + lon * STEP, SOUTH + lat * STEP)
    found = await whose(session, place=place)
    assert found.verdict is (Verdict.UNIQUE if inside else Verdict.NONE)


async def test_outside_every_cell_drawn_areas_and_the_city_still_answer(
    session: AsyncSession, units: list[Unit]
) -> None:
    await an_owner(session, units[0], place_code=PATH[0])
    await an_owner(session, units[1])
    (owner,) = (await whose(session, path=[])).owners
    assert owner.unit_id == units[1].id
    await an_owner(session, units[2], square_of=1)
    (owner,) = (await whose(session, path=[])).owners
    assert owner.unit_id == units[2].id


async def test_a_role_is_whoever_has_that_duty_there(session: AsyncSession) -> None:
    await an_owner(session, Role.STEWARD, category_code="E01")
    (nobody,) = (await whose(session)).owners
    assert (nobody.kind, nobody.role, nobody.account_id) == ("role", "steward", None)
    far = await an_account(session, "steward", username="far", place=PATH[1])
    near = await an_account(session, "steward", username="near", place=None)
    deputy = await an_account(session, "steward", username="deputy", place=None)
    away = {"deputy_id": deputy.id, "deputy_from": hours(1), "deputy_to": hours(2)}
    await a_post(session, near, place=PATH[2], **away)
    for moment, account in ((0, near), (1, deputy), (2, near)):
        (owner,) = (await whose(session, at=hours(moment))).owners
        assert (owner.account_id, owner.name) == (account.id, account.name)
    await a_post(session, far, place=PATH[2])
    (unclear,) = (await whose(session)).owners
    assert (unclear.role, unclear.account_id) == ("steward", None)
    cell = await a_cell(session, CELL)
    assert (await grids.duty_at(session, cell.path, ewkt(*HERE), "E0112")).owner_unit_id is None


async def test_a_partner_is_an_account_of_a_system(session: AsyncSession) -> None:
    partner = await an_account(session, "integration", username="partner", place=None)
    person = await an_account(session, "handler", username="person", place=None)
    await an_owner(session, partner, category_code="E01")
    await an_owner(session, person, category_code="C01")
    for category, account, is_partner in (("E0112", partner, True), ("C0101", person, False)):
        (owner,) = (await whose(session, category)).owners
        assert (owner.kind, owner.account_id, owner.partner) == ("account", account.id, is_partner)


async def test_the_reason_names_class_place_and_period(
    session: AsyncSession, units: list[Unit]
) -> None:
    post = await an_owner(session, units[0], square_of=1, category_code="E01")
    post.area_square_metres = 10_234.4
    await session.flush()
    assert (await whose(session)).owners[0].reason == (
        "大类 E01；手绘范围（10,234 平方米）；自 2020-01-01 08:00 起",
        "big class E01; drawn area (10,234 m²); since 2020-01-01 08:00",
    )
    await an_owner(session, units[1], place_code=CELL, category_code="E0112", valid_to=hours(1))
    chinese, english = (await whose(session)).owners[0].reason
    assert chinese.startswith(f"小类 E0112；单元网格 {CELL}；2020-01-01 08:00 至 ")
    assert english.startswith(f"class E0112; cell {CELL}; from 2020-01-01 08:00 to ")


async def test_a_report_gets_the_unit_in_charge_only_if_one_unit_is(
    client: Client, session: AsyncSession, units: list[Unit]
) -> None:
    await a_cell(session, CELL)
    person = await an_account(session, "handler", username="person", place=None)
    speaks = client.as_(await an_account(session, "acceptor"))

    async def owner() -> str | None:
        body = (await speaks.post("/api/v1/incidents", a_report())).json()
        at = await speaks.get("/api/v1/cells/at", params={**middle(0, 0), "category": "E0112"})
        assert at.json()["owner"] == body["owner"]
        return body["owner"] and body["owner"]["name"]

    assert await owner() is None
    await an_owner(session, units[0])
    assert await owner() == units[0].name
    await an_owner(session, units[1], square_of=1)
    assert await owner() == units[1].name
    await an_owner(session, units[2], square_of=1)
    assert await owner() is None
    await an_owner(session, person, place_code=CELL)
    assert await owner() is None
    await an_owner(session, units[2], place_code=CELL, category_code="E")
    assert await owner() == units[2].name


PLACES = ["", *PATH, "610526002", 1, 2, 7, -1]
"""Codes; squares from the corner as drawings, -1 one that lies elsewhere."""


@dataclass(frozen=True)
class Rule:
    holder: int
    place: str | int
    category: str
    begins: int
    ends: int | None


RULES = st.builds(
    Rule,
    st.integers(0, 5),
    st.sampled_from(PLACES),
    st.sampled_from(["", "E", "E01", "E0112", "C", "E02"]),
    st.sampled_from([-2, -1, 1]),
    st.sampled_from([None, None, -1, 1, 2]),
)


def naive(rules: Sequence[Rule], at: int) -> set[int]:
    """Every rule looked at, the best rank kept; holder 5 is switched off."""
    best: tuple[Any, ...] = ()
    holders: set[int] = set()
    for rule in rules:
        begun = rule.begins <= at and (rule.ends is None or at < rule.ends)
        matters = "E0112".startswith(rule.category)
        if isinstance(rule.place, int):
            here, nearness = rule.place > 0, (3.5, -rule.place)
        else:
            here = rule.place in ("", *PATH)
            nearness = (["", *PATH].index(rule.place) if here else 0, 0)
            nearness = (4, 0) if rule.place == CELL else nearness
        if not (begun and matters and here and rule.holder != 5):
            continue
        rank = (len(rule.category), nearness)
        if rank > best:
            best, holders = rank, set()
        if rank == best:
            holders.add(rule.holder)
    return holders


@trials(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=st.lists(RULES, max_size=8), at=st.sampled_from([-2, -1, 0, 1]))
async def test_the_database_finds_what_a_naive_search_finds(
    session: AsyncSession, rules: list[Rule], at: int
) -> None:
    async with session.begin_nested() as trial:
        units = [await a_unit(session, f"H{number}") for number in range(3)]
        account = await an_account(session, "integration", username="partner", place=None)
        off = await an_account(session, "handler", username="off", place=None)
        off.active = False
        holders: list[Any] = [*units, account, Role.LEADER, off]
        for rule in rules:
            ends = None if rule.ends is None else max(rule.ends, rule.begins)
            more: dict[str, Any] = {"valid_from": hours(rule.begins)}
            more |= {
                "category_code": rule.category,
                "valid_to": None if ends is None else hours(ends),
            }
            if rule.place == -1:
                more |= {"place_code": None, "area": square(30, 30), "area_square_metres": 1}
            elif isinstance(rule.place, int):
                more["square_of"] = rule.place
            else:
                more["place_code"] = rule.place
            await an_owner(session, holders[rule.holder], **more)
        found = await whose(session, at=hours(at))
        keys = {
            (owner.kind, owner.role or owner.unit_id or owner.account_id) for owner in found.owners
        }
        names = [("unit", unit.id) for unit in units]
        names += [("account", account.id), ("role", "leader")]  # type: ignore[list-item]
        expected = naive(rules, at)
        assert keys == {names[holder] for holder in expected}
        assert found.verdict == ("none", "unique", "several")[min(len(expected), 2)]
        if at == 0:
            on_duty = func.owner_on_duty(PATH, point(*HERE), "E0112").table_valued("id")
            unit = await session.scalar(select(on_duty.c.id))
            alone = expected.pop() if len(expected) == 1 else 4
            assert unit == (units[alone].id if alone < 3 else None)
        await trial.rollback()


async def test_an_ownership_is_given_told_and_ended(
    client: Client, session: AsyncSession, boss: Account, reader: Account, units: list[Unit]
) -> None:
    await an_area(session)
    wanted = {"unit": str(units[0].id), "place": PATH[2], "category": "E01"}
    answer = await client.as_(boss).post(OWNERSHIP, wanted)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["unit"] == {"id": str(units[0].id), "code": "A", "name": units[0].name}
    path = answer.headers["location"]
    assert (await client.as_(reader).get(path)).json() == told
    end = hours(5).isoformat()
    ended = await client.as_(boss).patch(path, {"valid_to": end})
    assert datetime.fromisoformat(ended.json()["valid_to"]) == hours(5)
    early = await client.as_(boss).patch(path, {"valid_to": "2019-01-01T00:00:00Z"})
    assert problem(early, 422, "period-reversed")["errors"][0]["pointer"] == "/valid_to"
    withdrawn = await client.as_(boss).patch(path, {"valid_to": told["valid_from"]})
    assert withdrawn.status_code == 200, withdrawn.text
    assert (await client.as_(reader).get(OWNERSHIP)).json()["items"] == []
    everything = {"all_periods": "true"}
    listed = (await client.as_(reader).get(OWNERSHIP, params=everything)).json()["items"]
    assert listed == [withdrawn.json()]
    units[0].active = False
    await session.flush()
    longer = await client.as_(boss).patch(path, {"valid_to": None})
    assert problem(longer, 422, "unknown-unit")["errors"][0]["pointer"] == "/unit"
    assert (await client.as_(boss).delete(path)).status_code == 405


async def test_a_drawn_area_is_kept_as_it_was_drawn_and_can_be_sent_back(
    client: Client, boss: Account, reader: Account, units: list[Unit]
) -> None:
    wanted = {"unit": str(units[0].id), "area": drawn(0, 0, 2)}
    answer = await client.as_(boss).post(OWNERSHIP, wanted)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert 30_000 < told["area_square_metres"] < 45_000
    assert told["area"]["type"] == "MultiPolygon"
    assert sorted(told["area"]["coordinates"][0][0][:4]) == sorted(
        drawn(0, 0, 2)["coordinates"][0][:4]
    )
    again = (await client.as_(boss).post(OWNERSHIP, {**wanted, "area": told["area"]})).json()
    assert again["area"] == told["area"]
    listed = await client.as_(reader).get(OWNERSHIP, params={"drawn": "true"})
    assert [item["id"] for item in listed.json()["items"]] == [told["id"], again["id"]]


async def test_an_area_drawn_on_a_vendors_map_is_moved_to_where_it_belongs(
    client: Client, boss: Account, units: list[Unit]
) -> None:
    wanted = {"unit": str(units[0].id), "area": drawn(0, 0, 2, "gcj02")}
    told = (await client.as_(boss).post(OWNERSHIP, wanted)).json()
    moved = told["area"]["coordinates"][0][0]
    off = min(abs(lon - WEST) for lon, _ in moved)
    assert 0.002 < off < 0.008


async def test_the_verdict_for_a_place_is_told_with_its_reasons(
    client: Client, session: AsyncSession, reader: Account, units: list[Unit]
) -> None:
    await a_cell(session, CELL)
    post = await an_owner(session, units[0], place_code=CELL)
    asked = {**middle(0, 0), "category": "E0112"}
    answer = await client.as_(reader).get(f"{OWNERSHIP}/resolve", params=asked)
    assert answer.json() == {
        "verdict": "unique",
        "cell": CELL,
        "owners": [
            {
                "id": str(post.id),
                "kind": "unit",
                "unit": str(units[0].id),
                "account": None,
                "role": None,
                "name": units[0].name,
                "partner": False,
                "reason": {
                    "zh": f"全部类别；单元网格 {CELL}；自 2020-01-01 08:00 起",
                    "en": f"every class; cell {CELL}; since 2020-01-01 08:00",
                },
            }
        ],
    }
    before = {**asked, "at": "2019-06-01T00:00:00Z"}
    then = await client.as_(reader).get(f"{OWNERSHIP}/resolve", params=before)
    assert then.json()["verdict"] == "none"
    unknown = await client.as_(reader).get(
        f"{OWNERSHIP}/resolve", params={**asked, "category": "X"}
    )
    assert problem(unknown, 422, "unknown-category")["errors"][0]["pointer"] == "query/category"


BOW = [[109.0, 34.0], [109.01, 34.01], [109.01, 34.0], [109.0, 34.01], [109.0, 34.0]]
FLAT = [[109.0, 34.0], [109.01, 34.0], [109.02, 34.0], [109.0, 34.0]]
TURNS = [n * tau / 4_500 for n in (*range(4_500), 0)]
ROUND = [[109 + 0.01 * cos(turn), 34 + 0.01 * sin(turn)] for turn in TURNS]
SWAPPED = [[34.0, 109.0], [34.0, 109.1], [34.1, 109.1], [34.0, 109.0]]


def polygon(*rings: Any, **more: Any) -> dict[str, Any]:
    return {"area": {"type": "Polygon", "crs": "cgcs2000", "coordinates": list(rings), **more}}


@pytest.mark.parametrize(
    ("changes", "slug", "pointer"),
    [
        ({"unit": None}, "holder-unclear", "/unit"),
        ({"role": "steward"}, "holder-unclear", "/unit"),
        ({"unit": str(uuid4())}, "unknown-unit", "/unit"),
        ({"unit": None, "account": str(uuid4())}, "unknown-account", "/account"),
        ({"place": "610526009"}, "unknown-place", "/place"),
        ({"category": "E0"}, "unknown-category", "/category"),
        ({"valid_to": "2020-01-01T00:00:00Z"}, "period-reversed", "/valid_to"),
        ({"place": CELL, **polygon(BOW)}, "place-unclear", "/area"),
        (polygon(BOW), "unusable-area", "/area"),
        (polygon(FLAT), "unusable-area", "/area"),
        (polygon(ROUND), "unusable-area", "/area"),
    ],
)
async def test_a_wrong_ownership_names_the_field_and_the_remedy(
    client: Client,
    boss: Account,
    units: list[Unit],
    changes: dict[str, Any],
    slug: str,
    pointer: str,
) -> None:
    wanted = {"unit": str(units[0].id), **changes}
    for language in ("zh", "en"):
        headers = {"Accept-Language": language}
        answer = await client.as_(boss).post(OWNERSHIP, wanted, headers=headers)
        body = problem(answer, 422, slug)
        assert body["errors"] == [{"pointer": pointer, "detail": body["detail"]}]
        assert len(body["detail"]) > 8


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (polygon(SWAPPED), "lon 与 lat 可能写反"),
        (polygon(BOW[:3]), "至少 4 项"),
        (polygon(), "至少 1 项"),
        (polygon(BOW, crs="mars"), "只能是"),
        ({"area": {"type": "Polygon", "coordinates": [BOW]}}, "必填"),
        ({"role": "mayor", "unit": None}, "只能是"),
    ],
)
async def test_a_malformed_ownership_is_told_where_it_is_wrong(
    client: Client, boss: Account, units: list[Unit], changes: dict[str, Any], words: str
) -> None:
    wanted = {"unit": str(units[0].id), **changes}
    body = problem(await client.as_(boss).post(OWNERSHIP, wanted), 422, "invalid-request")
    assert words in body["errors"][0]["detail"]


async def test_ownership_is_filtered_and_paged(
    client: Client, session: AsyncSession, reader: Account, units: list[Unit]
) -> None:
    person = await an_account(session, "handler", username="person", place=None)
    for number, category in enumerate(("", "C01", "E01", "E0112")):
        await an_owner(session, units[number % 2], category_code=category)
        await an_owner(session, person, category_code=category, place_code=PATH[1])
    await an_owner(session, Role.STEWARD)
    found: list[UUID] = []
    after: dict[str, str] = {}
    while True:
        asked = {"limit": "4", **after}
        page = (await client.as_(reader).get(OWNERSHIP, params=asked)).json()
        found += ids(page["items"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert len(found) == len(set(found)) == 9
    for asked, count in (
        ({"unit": str(units[0].id)}, 2),
        ({"account": str(person.id)}, 4),
        ({"role": "steward"}, 1),
        ({"place": ""}, 5),
        ({"place": PATH[1], "category": "C01"}, 1),
        ({"drawn": "true"}, 0),
        ({"at": "2019-01-01T00:00:00Z"}, 0),
    ):
        page = (await client.as_(reader).get(OWNERSHIP, params=asked)).json()
        assert len(page["items"]) == count, asked


READS = ("", "/resolve", "/coverage", "/coverage/gaps", "/export")


async def test_who_may_read_people_reads_ownership_and_who_manages_them_writes_it(
    client: Client, session: AsyncSession, boss: Account, reader: Account
) -> None:
    outsider = await an_account(session, "observer", username="outsider")
    for path in READS:
        answer = await client.as_(outsider).get(OWNERSHIP + path)
        assert problem(answer, 403, "forbidden")["permission"] == Permission.PEOPLE_READ
    for speaks in (client.as_(reader), client.as_(outsider)):
        answers = (
            await speaks.post(OWNERSHIP, {"role": "steward"}),
            await speaks.patch(f"{OWNERSHIP}/{uuid4()}", {}),
            await speaks.post(f"{OWNERSHIP}/import", files={"file": ("x.csv", b"")}),
        )
        for answer in answers:
            assert problem(answer, 403, "forbidden")["permission"] == Permission.PEOPLE_MANAGE
    problem(await client.as_(boss).get(f"{OWNERSHIP}/{uuid4()}"), 404, "not-found")
    problem(await client.as_(boss).patch(f"{OWNERSHIP}/{uuid4()}", {}), 404, "not-found")


async def test_owning_a_matter_gives_no_sight_of_the_place(
    client: Client, session: AsyncSession
) -> None:
    await a_cell(session, CELL)
    partner = await an_account(session, "integration", username="partner", place=None)
    await an_owner(session, partner)
    reporter = client.as_(await an_account(session, "acceptor"))
    await reporter.post("/api/v1/incidents", a_report())
    assert (await client.as_(partner).get("/api/v1/incidents")).json()["items"] == []


async def test_members_are_the_active_people_of_units_and_of_those_below(
    session: AsyncSession, units: list[Unit]
) -> None:
    below = await a_unit(session, "A1", units[0])
    made = {
        name: await an_account(session, *roles, username=name, unit=unit, place=None)
        for name, roles, unit in (
            ("head", ("unit_head", "handler"), units[0]),
            ("hand", ("handler",), below),
            ("gone", ("handler",), below),
            ("other", ("handler",), units[1]),
        )
    }
    made["gone"].active = False
    await session.flush()

    async def names(*roles: str) -> list[str]:
        found = await people.members_of(session, [units[0].id], roles)
        return [account.username for account in found]

    assert await names() == ["hand", "head"]
    assert await names("unit_head", "leader") == ["head"]
    assert await people.members_of(session, []) == []


async def test_on_duty_are_those_of_the_path_the_narrowest_place_first(
    session: AsyncSession,
) -> None:
    made = {}
    for name, place in (("city", ""), ("cell", CELL), ("area", PATH[1]), ("far", "610527")):
        made[name] = await an_account(session, "steward", username=name, place=place)
    deputy = await an_account(session, "steward", username="deputy", place=None)
    away = {"deputy_id": deputy.id, "deputy_from": hours(-1), "deputy_to": hours(1)}
    await a_post(session, made["far"], place=PATH[2], **away)
    await a_post(session, made["cell"], place=PATH[0])

    async def names(at: datetime) -> list[str]:
        return [one.username for one in await people.on_duty(session, "steward", PATH, at)]

    assert await names(NOW) == ["cell", "deputy", "area", "city"]
    assert await names(hours(2)) == ["cell", "far", "area", "city"]
    assert await people.on_duty(session, "leader", PATH, NOW) == []
