"""The city's calendar: hours, seasons, versions, and what waits for a change."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.calendars import queries
from app.calendars.models import CalendarVersion
from app.config import settings
from app.people.models import Account
from app.worktime.limits import Pace
from tests.clients import Client, problem
from tests.factories import an_account

PATH = "/api/v1/calendar"
USUAL = {"weekdays": [1, 2, 3, 4, 5], "windows": ["08:00-12:00", "14:00-18:00"]}
SUMMER = {
    "name": "夏季",
    "first": "06-01",
    "last": "08-31",
    "hours": [{"weekdays": [1, 2, 3, 4, 5], "windows": ["08:00-12:00", "14:30-18:30"]}],
}


@pytest.fixture
async def boss(session: AsyncSession) -> Account:
    return await an_account(session, "administrator", username="boss")


@pytest.fixture
async def steward(session: AsyncSession) -> Account:
    return await an_account(session, "steward", username="steward")


async def waiting(session: AsyncSession) -> list[str]:
    """The jobs that a change of the calendar has written, to be done at once."""
    found = await session.scalars(
        text(
            "SELECT convert_from(payload, 'UTF8') FROM pgqueuer"
            " WHERE entrypoint = 'incidents.recalculate' AND execute_after <= now() ORDER BY id"
        )
    )
    return list(found)


async def test_clocks_started_by_a_remembered_calendar_are_counted_anew_a_little_later(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    await client.as_(boss).put(PATH, {"hours": [USUAL], "hours_per_day": 7})
    later = text(
        "SELECT extract(epoch FROM execute_after - now())::int FROM pgqueuer"
        " WHERE entrypoint = 'incidents.recalculate' ORDER BY id"
    )
    assert list(await session.scalars(later)) == [0, 2 * settings().reference_cache_seconds]


async def test_before_any_change_the_usual_hours_hold(client: Client, steward: Account) -> None:
    answer = await client.as_(steward).get(PATH)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"0"'
    body = answer.json()
    assert (body["version"], body["hours"], body["seasons"]) == (0, [USUAL], [])
    assert (body["hours_per_day"], body["holidays"]) == (8.0, "china")
    assert (body["timezone"], body["changed_at"]) == ("Asia/Shanghai", None)
    assert {2025, 2026} <= set(body["known_years"])


async def test_which_years_are_estimated_is_said_in_the_readers_language(
    client: Client, steward: Account
) -> None:
    for language, word in (("zh", "估算"), ("en", "only weekends rest")):
        answer = await client.as_(steward).get(PATH, headers={"Accept-Language": language})
        assert word in answer.json()["estimate"]


async def test_a_change_is_a_new_version_and_the_old_one_stays_readable(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    wanted = {"hours": [USUAL], "seasons": [SUMMER], "hours_per_day": 7.5, "holidays": "none"}
    speaks = client.as_(boss)
    answer = await speaks.put(PATH, wanted, headers={"If-Match": '"0"'})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert {name: body[name] for name in wanted} == wanted
    assert (body["version"], answer.headers["etag"]) == (1, '"1"')
    assert (body["changed_by"], body["known_years"], body["estimate"]) == (boss.name, [], None)
    assert (await speaks.get(PATH)).json() == body
    assert (await speaks.get(f"{PATH}?version=0")).json()["hours_per_day"] == 8.0
    await speaks.put(PATH, {**wanted, "hours_per_day": 8})
    assert (await speaks.get(f"{PATH}?version=1")).json() == body
    assert await waiting(session) == ['{"calendar_version":1}', '{"calendar_version":2}']
    listed = (await speaks.get(f"{PATH}/versions?limit=1")).json()
    assert [each["version"] for each in listed["items"]] == [2]
    after = (await speaks.get(f"{PATH}/versions?limit=1&after={listed['next']}")).json()
    assert ([each["version"] for each in after["items"]], after["next"]) == ([1], None)


async def test_the_same_again_is_no_change(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    speaks = client.as_(boss)
    assert (await speaks.put(PATH, {"hours": [USUAL]})).json()["version"] == 0
    for _ in range(2):
        answer = await speaks.put(PATH, {"hours": [USUAL], "seasons": [SUMMER]})
        assert answer.json()["version"] == 1
    assert await waiting(session) == ['{"calendar_version":1}']


async def test_somebody_elses_change_is_not_overwritten(client: Client, boss: Account) -> None:
    speaks = client.as_(boss)
    await speaks.put(PATH, {"hours": [USUAL], "hours_per_day": 7})
    late = {"If-Match": '"0"'}
    day = {"works": False, "name": "停电"}
    for answer in (
        await speaks.put(PATH, {"hours": [USUAL], "hours_per_day": 6}, headers=late),
        await speaks.put(f"{PATH}/days/2026-03-03", day, headers=late),
        await speaks.delete(f"{PATH}/days/2026-03-03", headers=late),
    ):
        assert problem(answer, 412, "stale-version")["version"] == 1
    assert (await speaks.get(PATH)).json()["hours_per_day"] == 7


async def test_readers_may_not_write_and_strangers_may_not_read(
    client: Client, steward: Account
) -> None:
    problem(await client.get(PATH), 401, "unauthenticated")
    speaks = client.as_(steward)
    day = {"works": False, "name": "停电"}
    problem(await speaks.put(PATH, {"hours": [USUAL]}), 403, "forbidden")
    problem(await speaks.put(f"{PATH}/days/2026-03-03", day), 403, "forbidden")
    problem(await speaks.delete(f"{PATH}/days/2026-03-03"), 403, "forbidden")
    problem(await speaks.post(f"{PATH}/days.csv", files={"file": b""}), 403, "forbidden")


def season(**changes: Any) -> dict[str, Any]:
    return {"hours": [USUAL], "seasons": [{**SUMMER, **changes}]}


@pytest.mark.parametrize(
    ("body", "pointer", "word"),
    [
        ({"hours": []}, "/hours", "1"),
        ({"hours": [{"weekdays": [1], "windows": []}]}, "/hours/0/windows", "1"),
        ({"hours": [{**USUAL, "weekdays": [0]}]}, "/hours/0/weekdays/0", "1"),
        ({"hours": [USUAL, USUAL]}, "/hours", "weekdays [1, 2, 3, 4, 5] come twice"),
        ({"hours": [{**USUAL, "windows": ["8-12"]}]}, "/hours/0/windows", "'8-12' is no window"),
        (
            {"hours": [{**USUAL, "windows": ["08:00-12:00", "11:00-13:00"]}]},
            "/hours/0/windows",
            "overlap at 11:00",
        ),
        ({"hours": [USUAL], "hours_per_day": 0}, "/hours_per_day", "greater than 0"),
        (
            {"hours": [{**USUAL, "weekdays": [1], "windows": ["08:00-09:00"]}]},
            "/hours_per_day",
            "less",
        ),
        (
            season(hours=[{"weekdays": [1], "windows": ["08:00-09:00"]}]),
            "/hours_per_day",
            "less work time than one work day",
        ),
        ({"hours": [USUAL], "hours_per_day": 25}, "/hours_per_day", "24"),
        ({"hours": [USUAL], "holidays": "france"}, "/holidays", "china"),
        ({"hours": [USUAL], "windows": []}, "/windows", "not permitted"),
        (season(first="06-31"), "/seasons/0/first", "no day '06-31'"),
        (season(last="8-31"), "/seasons/0/last", "pattern"),
        (season(last="2026-08-31"), "/seasons/0/last", "both as month-day"),
        (season(first="2026-09-01", last="2026-08-31"), "/seasons/0/last", "2026-09-01"),
    ],
)
async def test_a_wrong_calendar_names_the_field_and_the_remedy(
    client: Client, boss: Account, body: Any, pointer: str, word: str
) -> None:
    english = {"Accept-Language": "en"}
    answer = await client.as_(boss).put(PATH, body, headers=english)
    (error,) = problem(answer, 422, "invalid-request")["errors"]
    assert error["pointer"] == pointer
    assert word in error["detail"]


@pytest.mark.parametrize("query", ["version=7", "version=-1", "version=99999999999"])
async def test_an_unknown_version_is_said_to_be_unknown(
    client: Client, steward: Account, query: str
) -> None:
    answer = await client.as_(steward).get(f"{PATH}?{query}")
    assert answer.status_code in (404, 422), answer.text
    days = await client.as_(steward).get(f"{PATH}/days?from=2026-03-01&to=2026-03-02&{query}")
    assert days.status_code == answer.status_code


async def test_a_deadline_comes_with_its_reckoning(client: Client, steward: Account) -> None:
    query = {"start": "2026-09-30T17:00:00+08:00", "amount": "1", "unit": "work_day"}
    answer = await client.as_(steward).get(f"{PATH}/deadline", params=query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["label"], body["pace"], body["seconds"]) == ("1工作日", "work", 28800)
    assert body["due"] == "2026-10-08T17:00:00+08:00"
    assert body["yellow_at"] == "2026-10-08T15:24:00+08:00"
    assert (body["runs_from"], body["estimate"]) == ("2026-09-30T17:00:00+08:00", None)
    (ran,) = body["segments"]
    assert ran["windows"] == [
        ["2026-09-30T17:00:00+08:00", "2026-09-30T18:00:00+08:00"],
        ["2026-10-08T08:00:00+08:00", "2026-10-08T12:00:00+08:00"],
        ["2026-10-08T14:00:00+08:00", "2026-10-08T17:00:00+08:00"],
    ]


async def test_a_deadline_in_an_unpublished_year_says_that_it_is_an_estimate(
    client: Client, steward: Account
) -> None:
    query = {"start": "2030-01-04T17:00:00+08:00", "amount": "2"}
    for unit, estimated in (("work_hour", True), ("urgent_hour", False)):
        answer = await client.as_(steward).get(f"{PATH}/deadline", params={**query, "unit": unit})
        assert (answer.json()["estimate"] is not None) is estimated


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount": "0"}, "query/amount"),
        ({"amount": "NaN"}, "query/amount"),
        ({"amount": "1001"}, "query/amount"),
        ({"unit": "day"}, "query/unit"),
        ({"start": "2026-09-30T17:00:00"}, "query/start"),
    ],
)
async def test_a_wrong_question_for_a_deadline_names_the_field(
    client: Client, steward: Account, changes: dict[str, str], pointer: str
) -> None:
    query = {"start": "2026-09-30T17:00:00+08:00", "amount": "1", "unit": "work_day", **changes}
    answer = await client.as_(steward).get(f"{PATH}/deadline", params=query)
    (error,) = problem(answer, 422, "invalid-request")["errors"]
    assert error["pointer"] == pointer


async def test_a_limit_beyond_a_hundred_years_is_refused(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    scarce = {"weekdays": [1], "windows": ["08:00-08:01"]}
    stored = {"hours": [scarce], "seasons": [], "hours_per_day": Decimal("0.01")}
    session.add(CalendarVersion(version=1, changed_by=boss.id, holidays="china", **stored))
    await session.flush()
    query = {"start": "2026-09-30T17:00:00+08:00", "amount": "1000", "unit": "work_hour"}
    answer = await client.as_(boss).get(f"{PATH}/deadline", params=query)
    problem(answer, 422, "deadline-out-of-reach")


async def test_clocks_run_by_the_calendar_that_was_set(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    nights = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "windows": ["18:00-24:00", "00:00-02:00"]}
    winter = {**SUMMER, "name": "冬季", "first": "11-01", "last": "02-28"}
    sent = {"hours": [nights], "seasons": [winter], "hours_per_day": 7.25, "holidays": "none"}
    await client.as_(boss).put(PATH, sent)
    for calendar in (await queries.current(), await queries.current_within(session)):
        assert (calendar.version, str(calendar.hours_per_day)) == (1, "7.25")
        assert calendar.day(date(2026, 10, 1)).windows == ((0, 120), (1080, 1440))
        assert calendar.day(date(2027, 1, 4)).season == "冬季"
        moment = datetime(2026, 10, 1, 22, tzinfo=calendar.zone)
        end = calendar.add(Pace.WORK, moment, timedelta(hours=4))
        assert end == datetime(2026, 10, 2, 2, tzinfo=calendar.zone)


async def test_an_unchanged_calendar_is_the_same_object_and_costs_nothing_for_a_while(
    client: Client, session: AsyncSession, boss: Account, statements: list[str]
) -> None:
    await client.as_(boss).put(PATH, {"hours": [USUAL], "seasons": [SUMMER]})
    first = await queries.current()
    statements.clear()
    assert await queries.current_within(session) is first
    await asyncio.sleep(0)  # it is noted
    assert len(statements) == 1


async def test_the_calendar_in_force_is_kept_until_it_changes(
    client: Client, boss: Account, statements: list[str]
) -> None:
    kept = await queries.current()
    await asyncio.sleep(0)
    statements.clear()
    assert await queries.current() is kept
    await asyncio.sleep(0)
    assert statements == []
    await client.as_(boss).put(PATH, {"hours": [USUAL], "hours_per_day": 7})
    assert (await queries.current()).version == kept.version + 1


async def test_a_calendar_by_which_allowed_limits_never_end_is_refused(
    client: Client, boss: Account
) -> None:
    for windows, hours in (("08:00-16:00", 8), ("08:00-08:30", 0.1)):
        rare = {"hours": [{"weekdays": [1], "windows": [windows]}], "hours_per_day": hours}
        refused = await client.as_(boss).put(PATH, rare)
        errors = problem(refused, 422, "too-little-work-time")["errors"]
        assert errors[0]["pointer"] == "/hours"
    assert (await client.as_(boss).get(PATH)).json()["version"] == 0
