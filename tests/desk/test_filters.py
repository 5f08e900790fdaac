"""Filters that desks and the large screen ask by: periods, steps, orders; and counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents import counting
from tests.centre import PATH, TO_CLOSED, TO_FILED, Centre
from tests.clients import Client, problem
from tests.desk.test_queues import change, listed
from tests.factories import an_account
from tests.life.acting import DAY, FRIDAY, HOUR, act, reported


def at(moment: datetime) -> str:
    return moment.isoformat()


async def test_cases_that_ended_in_a_period(centre: Centre) -> None:
    early, late, still = [await centre.report() for _ in range(3)]
    for case, ended in ((early, FRIDAY), (late, FRIDAY + DAY)):
        await change(centre, case, status="closed", ended_at=ended, reported_at=FRIDAY - DAY)
    client = centre.people["supervisor"]
    assert await listed(client, closed_from=at(FRIDAY)) == {early, late}
    assert await listed(client, closed_from=at(FRIDAY), closed_to=at(FRIDAY + DAY)) == {early}
    assert await listed(client, closed_to=at(FRIDAY + HOUR)) == {early}
    assert not await listed(client, closed_from=at(FRIDAY), status="rejected")
    assert still not in await listed(client, closed_from=at(FRIDAY - DAY))


async def test_cases_that_had_a_kind_of_step_in_a_period(centre: Centre) -> None:
    one, other = await reported(centre, FRIDAY), await reported(centre, FRIDAY)
    for case, moment in ((one, FRIDAY + HOUR), (other, FRIDAY + DAY)):
        await act(centre, "acceptor", case, "accept", moment)
        await act(centre, "supervisor", case, "file", moment + HOUR)
    client = centre.people["supervisor"]
    assert await listed(client, step="file") == {one, other}
    assert await listed(client, step="file", step_to=at(FRIDAY + DAY)) == {one}
    since, until = at(FRIDAY + 2 * HOUR), at(FRIDAY + 2 * HOUR + timedelta(microseconds=1))
    assert await listed(client, step="file", step_from=since, step_to=until) == {one}
    assert not await listed(client, step="file", step_from=at(FRIDAY + 3 * DAY))
    assert await listed(client, step="report", step_from=at(FRIDAY)) == {one, other}
    assert not await listed(client, step="dispatch")


async def test_periods_see_no_more_than_the_actor(
    centre: Centre, session: AsyncSession, client: Client
) -> None:
    case = await centre.report()
    await centre.walk(case, *TO_CLOSED)
    nobody = client.as_(await an_account(session, "observer", username="n", place=None))
    for query in ({"step": "close"}, {"closed_from": at(FRIDAY - 999 * DAY)}):
        assert await listed(centre.people["supervisor"], **query) == {case}
        assert not await listed(nobody, **query)
        assert (await nobody.get(f"{PATH}/count", params=query)).json()["count"] == 0


async def test_open_cases_with_an_unanswered_order(centre: Centre) -> None:
    ordered, plain = await centre.report(), await centre.report()
    await centre.walk(ordered, ("supervisor", "supervise"), *TO_FILED)
    client = centre.people["supervisor"]
    assert await listed(client, supervised="true") == {ordered}
    assert await listed(client, supervised="false") == {plain}
    await centre.walk(ordered, ("dispatcher", "dispatch"), ("handler", "reply_order"))
    assert not await listed(client, supervised="true")


async def test_a_count_stops_where_nobody_would_count_on(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, statements: list[str]
) -> None:
    for _ in range(4):
        await centre.report()
    monkeypatch.setattr(counting, "MOST", 3)
    client = centre.people["supervisor"]
    statements.clear()
    assert (await client.get(f"{PATH}/count")).json() == {"count": 3, "exact": False}
    assert len(statements) == 2
    asked = f"{PATH}/count?status=closed&area=610526001001"
    assert (await client.get(asked)).json() == {"count": 0, "exact": True}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("queue=none", "query/queue"),
        ("step=dance", "query/step"),
        ("step_from=2026-01-01T00:00:00Z", "query/step_from"),
        ("step_to=2026-01-01T00:00:00Z", "query/step_to"),
        ("closed_from=today", "query/closed_from"),
        ("claimed=maybe", "query/claimed"),
    ],
)
async def test_a_bad_filter_names_itself(centre: Centre, query: str, pointer: str) -> None:
    for path in (PATH, f"{PATH}/count"):
        answer = await centre.people["supervisor"].get(f"{path}?{query}")
        errors = problem(answer, 422, "invalid-request")["errors"]
        assert [error["pointer"] for error in errors] == [pointer]


async def test_nearby_of_any_class_of_a_prefix_or_only_open(centre: Centre) -> None:
    litter, cover = await centre.report(), await centre.report(category="C0201")
    await change(centre, cover, status="closed", ended_at=datetime.now(UTC))
    here: dict[str, Any] = {"lon": 109.0005, "lat": 34.0005, "crs": "cgcs2000"}

    async def near(**query: str) -> set[str]:
        answer = await centre.people["acceptor"].get(f"{PATH}/nearby", params=here | query)
        return {found["incident"]["id"] for found in answer.json()["items"]}

    assert await near() == {litter, cover}
    assert await near(category="E01") == {litter}
    assert await near(category="C", open="true") == set()
    assert await near(open="true") == {litter}
    assert await near(category="%") == set()
