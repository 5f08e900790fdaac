"""What colours the map, and who stands where on it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents.models import Incident
from tests.centre import Centre, a_centre
from tests.clients import Client, problem
from tests.factories import LONG_AGO, a_cell, a_post, an_account, an_area

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
AREAS, STEWARDS = "/api/v1/map/areas", "/api/v1/map/stewards"


@pytest.fixture
async def centre(client: Client, session: AsyncSession) -> Centre:
    """A centre in a city of two communities, only one of which has cases."""
    made = await a_centre(client, session)
    for code, level in (("610526", "district"), ("610526001", "subdistrict")):
        await an_area(session, code, level)
    await an_area(session, "610526001001")
    await an_area(session, "610526001002", column=20)
    reports = [await made.report() for _ in range(4)]
    changes: list[dict[str, Any]] = [
        {"due_at": NOW - DAY, "yellow_at": NOW - 2 * DAY},
        {"due_at": NOW + DAY, "reported_at": NOW - 10 * DAY, "status": "filed"},
        {"ended_at": NOW, "status": "closed"},
        {"ended_at": NOW, "status": "closed", "reported_at": NOW - 10 * DAY},
    ]
    for report, values in zip(reports, changes, strict=True):
        chosen = update(Incident).where(Incident.id == UUID(report))
        await session.execute(chosen.values(**values))
    return made


async def counts(client: Client, **params: Any) -> dict[str, tuple[int, int, int]]:
    answer = await client.get(AREAS, params=params)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return {item["code"]: (item["open"], item["overdue"], item["reported"]) for item in items}


async def test_every_area_of_a_level_has_its_cases_open_overdue_and_reported_today(
    centre: Centre,
) -> None:
    me = centre.people["dispatcher"]
    assert await counts(me) == {"610526001001": (2, 1, 2), "610526001002": (0, 0, 0)}
    assert await counts(me, level="subdistrict") == {"610526001": (2, 1, 2)}
    assert await counts(me, level="district") == {"610526": (2, 1, 2)}


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"from": (NOW - 20 * DAY).isoformat()}, (2, 1, 4)),
        ({"from": (NOW - 20 * DAY).isoformat(), "to": (NOW - 2 * DAY).isoformat()}, (2, 1, 2)),
        ({"status": "filed"}, (1, 0, 0)),
        ({"category": "C"}, (0, 0, 0)),
        ({"source": "steward"}, (2, 1, 2)),
    ],
)
async def test_period_and_filters_choose_what_counts(
    centre: Centre, params: dict[str, str], found: tuple[int, int, int]
) -> None:
    assert (await counts(centre.people["dispatcher"], **params))["610526001001"] == found


async def test_only_what_i_may_see_is_counted(centre: Centre, session: AsyncSession) -> None:
    narrow = await an_account(session, "observer", username="narrow", place="610526001999")
    me = centre.people["dispatcher"].as_(narrow)
    assert await counts(me, level="district") == {"610526": (0, 0, 0)}


async def test_an_unknown_parameter_is_refused(me: Client) -> None:
    problem(await me.get(AREAS, params={"level": "cell"}), 422, "invalid-request")
    problem(await me.get(AREAS, params={"since": "x"}), 422, "invalid-request")


async def test_stewards_stand_at_the_middle_of_their_posts(
    me: Client, session: AsyncSession
) -> None:
    await an_area(session)
    await a_cell(session)
    await a_cell(session, "610526001001002", column=1)
    cell = await an_account(session, "steward", username="a", place="610526001001002")
    area = await an_account(session, "steward", username="b", place="610526001001")
    (community, second) = (await me.get(STEWARDS)).json()["items"]
    assert second == {
        "account_id": str(cell.id),
        "name": "姓名a",
        "role": "steward",
        "place_code": "610526001001002",
        "place_name": "网格002",
        "lon": pytest.approx(109.0015),
        "lat": pytest.approx(34.0005),
        "cells": 1,
    }
    assert (community["account_id"], community["cells"]) == (str(area.id), 2)
    assert community["lon"] == pytest.approx(109.005)


async def test_only_who_is_on_duty_now_stands_on_the_map(me: Client, session: AsyncSession) -> None:
    await a_cell(session)
    here = "610526001001001"
    gone = await an_account(session, "steward", username="gone", place=None)
    await a_post(session, gone, place=here, valid_to=LONG_AGO)
    off = await an_account(session, "steward", username="off", place=here)
    off.active = False
    away = await an_account(session, "steward", username="away", place=None)
    stands_in = await an_account(session, "steward", username="stands_in", place=None)
    period = {"deputy_from": LONG_AGO, "deputy_to": NOW + DAY}
    await a_post(session, away, place=here, deputy_id=stands_in.id, **period)
    await an_account(session, "observer", username="watches", place=here)
    await session.flush()
    items = (await me.get(STEWARDS)).json()["items"]
    assert [item["name"] for item in items] == ["姓名stands_in"]


@pytest.mark.parametrize(("bbox", "count"), [("109,34,109.001,34.001", 1), ("110,34,111,35", 0)])
async def test_a_box_bounds_whom_the_map_shows(
    me: Client, session: AsyncSession, bbox: str, count: int
) -> None:
    await a_cell(session)
    await an_account(session, "steward", place="610526001001001")
    items = (await me.get(STEWARDS, params={"bbox": bbox})).json()["items"]
    assert len(items) == count


async def test_stewards_are_shown_to_who_may_read_people(
    client: Client, session: AsyncSession
) -> None:
    observer = client.as_(await an_account(session, "observer"))
    problem(await observer.get(STEWARDS), 403, "forbidden")
