"""Lists by the clock: lights, deadlines, what waits and what was late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents.models import Incident
from tests.centre import PATH, Centre, a_centre
from tests.clients import Client

NOW = datetime.now(UTC)


@pytest.fixture
async def centre(client: Client, session: AsyncSession) -> Centre:
    return await a_centre(client, session)


async def timed(centre: Centre, yellow: int, due: int, **changes: Any) -> str:
    """A case whose clock turns yellow and is due so many minutes from now."""
    incident = await centre.report()
    row = await centre.session.get_one(Incident, incident)
    row.yellow_at = datetime.now(UTC) + timedelta(minutes=yellow)
    row.due_at = datetime.now(UTC) + timedelta(minutes=due)
    for name, value in changes.items():
        setattr(row, name, value)
    await centre.session.flush()
    return incident


async def listed(centre: Centre, who: str = "supervisor", **query: Any) -> list[str]:
    answer = await centre.people[who].get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_a_light_is_that_of_the_moment_when_it_is_read(centre: Centre) -> None:
    green, yellow, red = [await timed(centre, *at) for at in ((5, 10), (-5, 10), (-9, -5))]
    assert await listed(centre, light="green") == [green]
    assert await listed(centre, light="yellow") == [yellow]
    assert await listed(centre, light="red") == [red]
    lights = [(await centre.seen(case))["clock"]["light"] for case in (green, yellow, red)]
    assert lights == ["green", "yellow", "red"]


async def test_the_most_urgent_come_first_page_by_page(centre: Centre) -> None:
    later, first, second = [await timed(centre, 1, due) for due in (30, 10, 20)]
    stands_still = await timed(centre, 1, 5, due_at=None, yellow_at=None)
    assert await listed(centre, sort="due_at") == [first, second, later]
    page = (await centre.people["supervisor"].get(f"{PATH}?sort=due_at&limit=2")).json()
    assert [item["id"] for item in page["items"]] == [first, second]
    rest = await listed(centre, sort="due_at", limit=2, after=page["next"])
    assert rest == [later]
    assert stands_still in await listed(centre)


async def test_whoever_sees_a_part_gets_the_urgent_of_that_part(centre: Centre) -> None:
    case = await timed(centre, 1, 10)
    assert await listed(centre, "steward", sort="due_at", light="green") == [case]
    assert await listed(centre, "stranger", sort="due_at") == [case]


async def test_what_is_due_by_a_moment(centre: Centre) -> None:
    soon, _ = await timed(centre, 1, 10), await timed(centre, 1, 60)
    by = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    assert await listed(centre, due_before=by) == [soon]


async def test_late_cases_are_found_whether_open_or_closed(centre: Centre) -> None:
    late = await timed(centre, -9, -5, overdue_at=NOW, status="closed", ended_at=NOW)
    other = await timed(centre, 5, 9)
    assert await listed(centre, late="true") == [late]
    assert await listed(centre, late="false") == [other]


async def test_cases_with_a_waiting_request_and_claimed_ones(centre: Centre) -> None:
    waiting = await timed(centre, 5, 9, pending="void")
    mine = await timed(centre, 5, 9, claimed_by=centre.id("acceptor"), claimed_at=NOW)
    assert await listed(centre, pending="true") == [waiting]
    assert await listed(centre, pending="false") == [mine]
    assert await listed(centre, claimed_by=str(centre.id("acceptor"))) == [mine]
