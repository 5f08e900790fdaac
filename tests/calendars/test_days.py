"""Single days: the city's own word, what decided about a day, days as CSV."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.models import Account
from tests.calendars.test_calendar import PATH, SUMMER, USUAL, waiting
from tests.clients import Client, problem
from tests.factories import an_account

FULL = ["08:00-12:00", "14:00-18:00"]


@pytest.fixture
async def boss(session: AsyncSession) -> Account:
    return await an_account(session, "administrator", username="boss")


async def days(client: Client, first: str, last: str, **more: Any) -> list[dict[str, Any]]:
    query = {"from": first, "to": last, **more}
    answer = await client.get(f"{PATH}/days", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]  # type: ignore[no-any-return]


async def put_csv(client: Client, content: str | bytes, **options: Any) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return await client.post(f"{PATH}/days.csv", files={"file": ("d.csv", raw)}, **options)


async def test_each_day_says_what_decided_about_it(client: Client, boss: Account) -> None:
    speaks = client.as_(boss)
    await speaks.put(PATH, {"hours": [USUAL], "seasons": [SUMMER]})
    october = await days(speaks, "2026-09-30", "2026-10-12")
    assert [(day["date"][5:], day["why"]) for day in october if day["works"]] == [
        ("09-30", "weekday"),
        ("10-08", "weekday"),
        ("10-09", "weekday"),
        ("10-10", "make_up"),
        ("10-12", "weekday"),
    ]
    assert {day["name"] for day in october if day["why"] == "holiday"} == {"国庆节"}
    assert {day["why"] for day in october if not day["works"]} == {"holiday", "weekend"}
    (first, second) = (
        await days(speaks, "2026-05-29", "2026-05-29"),
        await days(speaks, "2026-06-01", "2026-06-01"),
    )
    assert (first[0]["season"], first[0]["windows"]) == (None, FULL)
    assert (second[0]["season"], second[0]["windows"]) == ("夏季", ["08:00-12:00", "14:30-18:30"])


async def test_holidays_have_english_names_too(client: Client, boss: Account) -> None:
    answer = await client.as_(boss).get(
        f"{PATH}/days?from=2026-10-01&to=2026-10-01", headers={"Accept-Language": "en"}
    )
    assert answer.json()["items"][0]["name"] == "National Day"


async def test_days_of_an_unpublished_year_are_marked(client: Client, boss: Account) -> None:
    answer = await client.as_(boss).get(f"{PATH}/days?from=2026-12-31&to=2030-01-01")
    assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == "query/to"
    answer = await client.as_(boss).get(f"{PATH}/days?from=2029-12-31&to=2030-01-01")
    assert [day["estimated"] for day in answer.json()["items"]] == [True, True]
    assert "估算" in answer.json()["estimate"]


async def test_the_citys_word_beats_the_holiday_and_is_taken_back(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    speaks, path = client.as_(boss), f"{PATH}/days/2026-10-01"
    answer = await speaks.put(path, {"works": True, "name": "国庆值守", "windows": ["09:00-12:00"]})
    assert answer.status_code == 200, answer.text
    assert answer.json() == (await days(speaks, "2026-10-01", "2026-10-01"))[0]
    assert (answer.json()["why"], answer.json()["windows"]) == ("city", ["09:00-12:00"])
    changed = await speaks.put(path, {"works": True, "name": "国庆值守"})
    assert changed.json()["windows"] == FULL
    assert (await speaks.delete(path)).status_code == 204
    assert (await days(speaks, "2026-10-01", "2026-10-01"))[0]["why"] == "holiday"
    problem(await speaks.delete(path), 404, "not-found")
    then = [
        (await days(speaks, "2026-10-01", "2026-10-01", version=version))[0]["windows"]
        for version in range(4)
    ]
    assert then == [[], ["09:00-12:00"], FULL, []]
    assert len(await waiting(session)) == 3


async def test_the_same_day_again_is_no_change(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    for _ in range(2):
        await client.as_(boss).put(f"{PATH}/days/2026-03-03", {"works": False, "name": "停电"})
    assert await waiting(session) == ['{"calendar_version":1}']


async def test_new_hours_keep_the_citys_days(client: Client, boss: Account) -> None:
    speaks = client.as_(boss)
    await speaks.put(f"{PATH}/days/2026-03-03", {"works": False, "name": "停电"})
    await speaks.put(PATH, {"hours": [USUAL], "hours_per_day": 7})
    assert (await days(speaks, "2026-03-03", "2026-03-03"))[0]["name"] == "停电"


@pytest.mark.parametrize(
    ("day", "body", "pointer"),
    [
        ("2026-02-30", {"works": True, "name": "x"}, "path/date"),
        ("20260303", {"works": True, "name": "x"}, "path/date"),
        ("1500-01-01", {"works": True, "name": "x"}, "path/date"),
        ("2026-03-03", {"works": True, "name": ""}, "/name"),
        ("2026-03-03", {"name": "x"}, "/works"),
        ("2026-03-03", {"works": True, "name": "x", "windows": ["9-12"]}, "/windows"),
        ("2026-03-03", {"works": False, "name": "x", "windows": FULL}, ""),
    ],
)
async def test_a_wrong_day_names_the_field(
    client: Client, boss: Account, day: str, body: dict[str, Any], pointer: str
) -> None:
    answer = await client.as_(boss).put(f"{PATH}/days/{day}", body)
    (error,) = problem(answer, 422, "invalid-request")["errors"]
    assert error["pointer"] == pointer


async def test_days_go_out_as_csv_and_come_in_again(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    speaks = client.as_(boss)
    written = "date,works,name,windows\r\n2026-03-07,true,创文突击,09:00-12:00 13:00-15:00\r\n"
    written += '2026-03-08,false,"停电, 全市",\r\n'
    answer = await put_csv(speaks, written)
    assert answer.json() == {"version": 1, "changed": 2}
    exported = await speaks.get(f"{PATH}/days.csv")
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    assert exported.content == b"\xef\xbb\xbf" + written.encode()
    again = await put_csv(speaks, exported.content)
    assert again.json() == {"version": 1, "changed": 0}
    third = await put_csv(speaks, written.replace("停电, 全市", "检修"))
    assert third.json() == {"version": 2, "changed": 1}
    assert len(await waiting(session)) == 2


async def test_what_excel_writes_in_china_is_read(client: Client, boss: Account) -> None:
    speaks = client.as_(boss)
    sheet = "日期,上班,名称\r\n2026/3/7,上班,创文突击\r\n,,\r\n2026/3/8,FALSE,停电\r\n"
    answer = await put_csv(speaks, sheet.encode("gb18030"))
    assert answer.json()["changed"] == 2, answer.text
    found = await days(speaks, "2026-03-07", "2026-03-08")
    assert [(day["works"], day["name"]) for day in found] == [(True, "创文突击"), (False, "停电")]


async def test_every_wrong_cell_is_told_and_nothing_is_taken(
    client: Client, session: AsyncSession, boss: Account
) -> None:
    sheet = (
        "date,works,name,windows\n2026-03-07,true,good,\n2026-13-01,true,x,\n2026-03-09,maybe,x,\n"
        "2026-03-10,true,,\n2026-03-11,true,x,9-12\n2026-03-12,false,x,09:00-12:00\n"
        "2026-03-07,true,again,\n1500-01-01,true,old,\n"
    )
    speaks = client.as_(boss)
    answer = await put_csv(speaks, sheet, headers={"Accept-Language": "en"})
    errors = problem(answer, 422, "unreadable-days")["errors"]
    assert [error["pointer"] for error in errors] == [
        "/file/3/date",
        "/file/4/works",
        "/file/5/name",
        "/file/6/windows",
        "/file/7",
        "/file/8/date",
        "/file/9/date",
    ]
    assert all(len(error["detail"]) > 10 for error in errors)
    assert (await speaks.get(PATH)).json()["version"] == 0
    assert await waiting(session) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"date,works\n",
        b"date,works,name,colour\n",
        b"date,works,name,name\n",
        b"date,works,name\n2026-03-07,true,x,y\n",
        b"\xff\xfe\x00\x81",
        b"date,works,name\n" + b"2026-03-07,true,x\n" * 5001,
        b'date,works,name\n2026-03-07,true,"' + b"x" * 140_000,
    ],
)
async def test_a_file_that_is_no_list_of_days_is_refused(
    client: Client, boss: Account, content: bytes
) -> None:
    answer = await put_csv(client.as_(boss), content)
    problem(answer, 422, "unreadable-days")


async def test_a_file_changes_nothing_when_the_calendar_was_changed_meanwhile(
    client: Client, boss: Account
) -> None:
    sheet = "date,works,name\n2026-03-07,true,x\n"
    stale = await put_csv(client.as_(boss), sheet, headers={"If-Match": '"5"'})
    problem(stale, 412, "stale-version")
