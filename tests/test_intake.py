"""A report lands in exactly one cell, with its steward and its unit, exactly once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents.models import Fact, Incident
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
)

PATH = "/api/v1/incidents"
KEY_REUSED = "idempotency-key-reused"
NOW = datetime.now(UTC)


@pytest.fixture
async def steward(client: Client, session: AsyncSession) -> Client:
    """A steward with the whole city, and one cell to report in."""
    await a_cell(session)
    return client.as_(await an_account(session, "steward"))


async def report(client: Client, *, key: str | None = None, **changes: Any) -> Any:
    """Report and expect it to be taken."""
    headers = {"Idempotency-Key": key} if key else {}
    answer = await client.post(PATH, a_report(**changes), headers=headers)
    assert answer.status_code == 201, answer.text
    return answer


async def test_a_report_lands_in_its_cell_with_steward_and_owner(
    client: Client, session: AsyncSession
) -> None:
    cell = await a_cell(session)
    me = await an_account(session, "steward", place=cell.code)
    unit = await a_unit(session)
    await a_post(session, unit, category="E01")
    body = (await report(client.as_(me))).json()
    assert body["cell"] == {"code": cell.code, "name": cell.name, "area_code": "610526001001"}
    assert body["steward"] == {"id": str(me.id), "name": me.name}
    assert body["owner"] == {"id": str(unit.id), "name": unit.name}
    assert (body["status"], body["version"], body["suggestion"]) == ("reported", 1, None)


async def test_the_answer_is_the_case_as_it_can_be_read(steward: Client) -> None:
    answer = await report(steward, address="东府路 12 号", accuracy_metres=4.5)
    read = await steward.get(answer.headers["location"])
    assert read.json() == answer.json()
    assert read.headers["etag"] == answer.headers["etag"] == '"1"'


async def test_one_report_is_one_statement_behind_the_gate(
    steward: Client, statements: list[str]
) -> None:
    await report(steward)
    statements.clear()
    await report(steward)
    gate, intake = statements
    assert "FROM account" in gate
    assert "INSERT INTO incident" in intake


async def test_a_shared_border_belongs_to_the_lowest_code(
    client: Client, session: AsyncSession
) -> None:
    await a_cell(session, "610526001001009", column=0)
    await a_cell(session, "610526001001002", column=1)
    reporter = client.as_(await an_account(session, "steward"))
    on_border = {"lon": WEST + STEP, "lat": SOUTH + STEP / 2}
    assert (await report(reporter, **on_border)).json()["cell"]["code"] == "610526001001002"


async def test_a_corner_of_four_cells_belongs_to_the_lowest_code(
    client: Client, session: AsyncSession
) -> None:
    for number, (column, row) in enumerate([(1, 1), (0, 1), (1, 0), (0, 0)], 5):
        await a_cell(session, f"61052600100100{number}", column, row)
    reporter = client.as_(await an_account(session, "steward"))
    corner = {"lon": WEST + STEP, "lat": SOUTH + STEP}
    assert (await report(reporter, **corner)).json()["cell"]["code"] == "610526001001005"


async def test_outside_every_cell_a_report_is_kept_and_the_nearest_cell_suggested(
    steward: Client,
) -> None:
    body = (await report(steward, lon=WEST - STEP / 2, lat=SOUTH + STEP / 2)).json()
    assert body["cell"] is None
    assert body["suggestion"]["cell"] == "610526001001001"
    assert 45 < body["suggestion"]["metres"] < 47
    queue = (await steward.get(f"{PATH}?no_cell=true")).json()["items"]
    assert [item["id"] for item in queue] == [body["id"]]


async def test_far_from_every_cell_nothing_is_suggested(steward: Client) -> None:
    body = (await report(steward, lon=WEST - 1, lat=SOUTH)).json()
    assert (body["cell"], body["suggestion"]) == (None, None)


@pytest.mark.parametrize(
    ("place", "pointer"),
    [
        ({"lon": 34.5, "lat": 109.5}, "/lat"),
        ({"lon": 181, "lat": 34}, "/lon"),
        ({"lon": 109, "lat": -90.001}, "/lat"),
        ({"lon": None, "lat": 34}, "/lon"),
        ({"lon": "east", "lat": 34}, "/lon"),
        ({"lon": 109.0, "lat": 34.0, "crs": "epsg:4326"}, "/crs"),
    ],
)
async def test_a_bad_place_names_its_field(
    steward: Client, place: dict[str, Any], pointer: str
) -> None:
    answer = await steward.post(PATH, a_report(**place))
    errors = problem(answer, 422, "invalid-request")["errors"]
    assert [error["pointer"] for error in errors] == [pointer]


async def test_swapped_coordinates_are_called_so(steward: Client) -> None:
    answer = await steward.post(
        PATH, a_report(lon=34.5, lat=109.5), headers={"Accept-Language": "en"}
    )
    assert "swapped" in problem(answer, 422, "invalid-request")["errors"][0]["detail"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_a_number_that_is_none_is_refused(steward: Client, number: str) -> None:
    body = '{"category":"E0112","description":"x","lat":34,"crs":"wgs84","lon":' + number + "}"
    answer = await steward.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == "/lon"


async def test_the_pair_as_sent_is_kept_beside_the_stored_one(steward: Client) -> None:
    body = (await report(steward, lon=109.005, lat=34.001, crs="gcj02")).json()
    assert body["raw"] == {"lon": 109.005, "lat": 34.001, "crs": "gcj02"}
    assert body["lon"] != 109.005
    assert abs(body["lon"] - 109.005) < 0.01


async def test_the_same_key_and_content_get_the_same_answer(
    steward: Client, session: AsyncSession
) -> None:
    first = await report(steward, key="k-1")
    again = await report(steward, key="k-1")
    assert again.content == first.content
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (
        None,
        "true",
    )
    assert await session.scalar(select(func.count()).select_from(Incident)) == 1
    assert await session.scalar(select(func.count()).select_from(Fact)) == 1


async def test_a_replay_shows_the_first_answer_even_after_the_case_moved_on(
    steward: Client, client: Client, session: AsyncSession
) -> None:
    first = await report(steward, key="k-1")
    acceptor = client.as_(await an_account(session, "acceptor"))
    await acceptor.post(f"{first.headers['location']}/accept", {})
    assert (await report(steward, key="k-1")).content == first.content


async def test_the_same_key_with_other_content_is_refused(steward: Client) -> None:
    await report(steward, key="k-1")
    answer = await steward.post(
        PATH, a_report(description="别的事"), headers={"Idempotency-Key": "k-1"}
    )
    problem(answer, 422, "idempotency-key-reused")


async def test_two_people_may_use_the_same_key(
    steward: Client, client: Client, session: AsyncSession
) -> None:
    other = client.as_(await an_account(session, "steward", username="other"))
    one, two = await report(steward, key="k"), await report(other, key="k")
    assert one.json()["id"] != two.json()["id"]


async def test_a_client_made_id_makes_a_retry_harmless(steward: Client) -> None:
    made = str(uuid4())
    first = await report(steward, id=made)
    assert first.json()["id"] == made
    assert (await report(steward, id=made)).content == first.content
    assert (await report(steward, id=made, key="late-key")).content == first.content
    problem(await steward.post(PATH, a_report(id=made, description="x")), 422, KEY_REUSED)


async def test_an_id_of_somebody_else_is_refused_without_telling_of_it(
    steward: Client, client: Client, session: AsyncSession
) -> None:
    made = str(uuid4())
    await report(steward, id=made)
    other = client.as_(await an_account(session, "steward", username="other"))
    told = problem(await other.post(PATH, a_report(id=made)), 422, KEY_REUSED)
    assert "incident" not in told


async def test_an_unknown_category_names_itself_and_keeps_its_key_free(steward: Client) -> None:
    headers = {"Idempotency-Key": "k"}
    answer = await steward.post(PATH, a_report(category="E9999"), headers=headers)
    assert problem(answer, 422, "unknown-category")["category"] == "E9999"
    await report(steward, key="k")


async def test_a_future_time_is_refused_and_a_small_skew_is_not(steward: Client) -> None:
    ahead = (NOW + timedelta(hours=1)).isoformat()
    answer = await steward.post(PATH, a_report(captured_at=ahead))
    assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == "/captured_at"
    await report(steward, captured_at=(NOW + timedelta(minutes=2)).isoformat())


async def test_a_time_without_zone_is_refused(steward: Client) -> None:
    answer = await steward.post(PATH, a_report(captured_at="2026-09-01T08:00:00"))
    assert "时区" in problem(answer, 422, "invalid-request")["errors"][0]["detail"]


async def test_case_numbers_carry_the_citys_day_and_never_repeat(steward: Client) -> None:
    numbers = [(await report(steward)).json()["number"] for _ in range(3)]
    running = [int(number[8:]) for number in numbers]
    assert running == sorted(set(running))
    assert all(len(number) >= 14 and number[:2] == "20" for number in numbers)


async def test_a_retry_uses_up_no_number(steward: Client) -> None:
    made = str(uuid4())
    first = await report(steward, id=made, key="k")
    for key in ("k", "other", None):
        await report(steward, id=made, key=key)
    following = await report(steward)
    assert int(following.json()["number"]) == int(first.json()["number"]) + 1


async def test_numbers_grow_past_their_width_instead_of_stopping(
    steward: Client, session: AsyncSession
) -> None:
    await session.execute(text("SET ROLE NONE"))
    await session.execute(text("SELECT setval('case_number_seq', 999999)"))
    assert (await report(steward)).json()["number"].endswith("1000000")


async def test_the_narrowest_post_wins_and_a_deputy_stands_in(
    client: Client, session: AsyncSession
) -> None:
    cell = await a_cell(session)
    wide = await an_account(session, "steward", username="wide", place=cell.path[1])
    narrow = await an_account(session, "steward", username="narrow", place=None)
    deputy = await an_account(session, "steward", username="deputy", place=None)
    assert await _steward_of_report(client.as_(wide)) == str(wide.id)
    post = await a_post(session, narrow, place=cell.code)
    assert await _steward_of_report(client.as_(wide)) == str(narrow.id)
    post.deputy_id, post.deputy_from, post.deputy_to = deputy.id, LONG_AGO, NOW + timedelta(days=1)
    await session.flush()
    assert await _steward_of_report(client.as_(wide)) == str(deputy.id)
    post.deputy_to = NOW - timedelta(days=1)
    await session.flush()
    assert await _steward_of_report(client.as_(wide)) == str(narrow.id)


async def test_an_ended_post_and_a_switched_off_person_are_passed_over(
    client: Client, session: AsyncSession
) -> None:
    cell = await a_cell(session)
    gone = await an_account(session, "steward", username="gone", place=None)
    await a_post(session, gone, place=cell.code, valid_to=NOW - timedelta(days=1))
    off = await an_account(session, "steward", username="off", place=cell.code)
    off.active = False
    await session.flush()
    me = client.as_(await an_account(session, "acceptor"))
    assert await _steward_of_report(me) is None


async def test_the_narrowest_class_owns_before_the_narrowest_place(
    client: Client, session: AsyncSession
) -> None:
    cell = await a_cell(session)
    everywhere = await a_unit(session, "CITY")
    here = await a_unit(session, "HERE")
    await a_post(session, everywhere, category="E0112")
    await a_post(session, here, place=cell.code)
    me = client.as_(await an_account(session, "acceptor"))
    assert (await report(me)).json()["owner"]["id"] == str(everywhere.id)
    other = await report(me, category="C0201")
    assert other.json()["owner"]["id"] == str(here.id)


async def _steward_of_report(client: Client) -> str | None:
    found = (await report(client)).json()["steward"]
    return found["id"] if found else None


async def test_a_batch_answers_every_item_in_order(steward: Client) -> None:
    made = str(uuid4())
    items = [
        a_report(id=made),
        a_report(lat=200),
        a_report(category="E9999"),
        "not a report",
        a_report(id=made),
        a_report(idempotency_key="k"),
    ]
    answer = await steward.post(f"{PATH}/batch", {"items": items})
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    expected = ["created", "rejected", "rejected", "rejected", "replayed", "created"]
    assert [result["result"] for result in results] == expected
    slugs = [result["problem"] and result["problem"]["type"] for result in results]
    assert slugs[1:4] == [
        "/problems/invalid-request",
        "/problems/unknown-category",
        "/problems/invalid-request",
    ]
    assert results[4]["incident"] == results[0]["incident"]
    again = (await steward.post(f"{PATH}/batch", {"items": items})).json()["results"]
    replayed = ["replayed", "rejected", "rejected", "rejected", "replayed", "replayed"]
    assert [result["result"] for result in again] == replayed


async def test_a_key_twice_in_a_batch_with_other_content_is_rejected(steward: Client) -> None:
    items = [a_report(idempotency_key="k"), a_report(idempotency_key="k", description="别的")]
    results = (await steward.post(f"{PATH}/batch", {"items": items})).json()["results"]
    assert [result["result"] for result in results] == ["created", "rejected"]


async def test_a_batch_of_500_is_one_statement_and_501_are_refused(
    steward: Client, statements: list[str]
) -> None:
    await report(steward)
    statements.clear()
    answer = await steward.post(f"{PATH}/batch", {"items": [a_report()] * 500})
    assert {result["result"] for result in answer.json()["results"]} == {"created"}
    assert len(statements) == 2
    problem(
        await steward.post(f"{PATH}/batch", {"items": [a_report()] * 501}), 422, "invalid-request"
    )


async def test_only_those_who_may_report_do(client: Client, session: AsyncSession) -> None:
    observer = client.as_(await an_account(session, "observer"))
    problem(await observer.post(PATH, a_report()), 403, "forbidden")
    problem(await client.post(PATH, a_report()), 401, "unauthenticated")
