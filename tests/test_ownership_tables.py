"""Owners as tables: exported, imported, told first, as a whole or not at all."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ownership import tables
from app.people.models import Account, Post, Unit
from app.permissions import Role
from tests.clients import Client, problem
from tests.factories import a_cell, a_unit, an_account, an_area
from tests.test_ownership import CELL, LONG_AGO, OWNERSHIP, PATH, an_owner, drawn, hours

Report = dict[str, Any]


def table(*rows: dict[str, Any], header: Sequence[str] = tuple(tables.COLUMNS)) -> bytes:
    """A CSV file with these cells."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def book(*rows: Sequence[Any]) -> bytes:
    """An Excel file with these rows."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def damaged() -> bytes:
    """An Excel file whose sheet breaks off."""
    written = io.BytesIO()
    with ZipFile(io.BytesIO(book(["unit"], ["A"]))) as whole, ZipFile(written, "w") as broken:
        for name in whole.namelist():
            part = whole.read(name)
            broken.writestr(name, part[:-40] if name.endswith("sheet1.xml") else part)
    return written.getvalue()


@pytest.fixture
async def boss(client: Client, session: AsyncSession) -> Client:
    return client.as_(await an_account(session, "administrator", username="boss"))


@pytest.fixture
async def units(session: AsyncSession) -> list[Unit]:
    await an_area(session)
    await a_cell(session, CELL)
    return [await a_unit(session, code) for code in ("A", "B")]


@pytest.fixture
async def partner(session: AsyncSession) -> Account:
    return await an_account(session, "integration", username="partner", place=None)


async def send(speaks: Client, content: bytes, *, dry_run: bool = False) -> Any:
    files = {"file": ("owners.csv", content)}
    data = {"dry_run": str(dry_run).lower()}
    return await speaks.post(f"{OWNERSHIP}/import", files=files, data=data)


async def brought(speaks: Client, content: bytes, **how: bool) -> Report:
    answer = await send(speaks, content, **how)
    assert answer.status_code == 200, answer.text
    found: Report = answer.json()
    return found


def counts(report: Report) -> tuple[int, ...]:
    """Added, changed, ended, unchanged, bad."""
    names = ("added", "changed", "ended", "unchanged", "bad")
    return tuple(report[name] for name in names)


async def owned(speaks: Client) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await speaks.get(OWNERSHIP)).json()["items"]
    return listed


async def exported(speaks: Client, form: str = "csv") -> bytes:
    answer = await speaks.get(f"{OWNERSHIP}/export", params={"format": form})
    assert answer.status_code == 200, answer.text
    assert f"ownership.{form}" in answer.headers["content-disposition"]
    return answer.content


async def a_register(speaks: Client, units: list[Unit], partner: Account) -> None:
    """One of every kind, through the API."""
    for wanted in (
        {"unit": str(units[0].id), "category": "E01", "place": PATH[2]},
        {"unit": str(units[1].id), "valid_to": hours(99).isoformat()},
        {"account": str(partner.id), "category": "C0101", "area": drawn(0.3, 0.7, 2.1)},
        {"account": str(partner.id), "area": drawn(0.3, 0.7, 2.1, "gcj02"), "category": "C"},
        {"role": "steward", "category": "E", "place": CELL, "valid_from": hours(9).isoformat()},
    ):
        answer = await speaks.post(OWNERSHIP, wanted)
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_is_exported_comes_back_unchanged_and_rebuilds_an_empty_register(
    boss: Client, session: AsyncSession, units: list[Unit], partner: Account, form: str
) -> None:
    await a_register(boss, units, partner)
    content = await exported(boss, form)
    assert counts(await brought(boss, content, dry_run=True)) == (0, 0, 0, 5, 0)
    before = await owned(boss)
    for post in await session.scalars(select(Post).where(Post.duty == "owner")):
        post.valid_to = post.valid_from
        post.valid_from -= timedelta(days=1)
        post.valid_to -= timedelta(days=1)
    await session.flush()
    assert await owned(boss) == []
    assert counts(await brought(boss, content)) == (5, 0, 0, 0, 0)
    after = await owned(boss)

    def told(items: list[dict[str, Any]]) -> list[str]:
        return sorted(json.dumps({**item, "id": None}) for item in items)

    assert told(after) == told(before)
    assert counts(await brought(boss, content)) == (0, 0, 0, 5, 0)
    assert await exported(boss, "csv") == await exported(boss, "csv")


async def test_a_dry_run_tells_the_difference_and_writes_nothing(
    boss: Client, session: AsyncSession, units: list[Unit]
) -> None:
    await an_owner(session, units[0], category_code="E01")
    await an_owner(session, units[1], category_code="C01", place_code=CELL)
    kept = await an_owner(session, Role.STEWARD, category_code="E02")
    end = "2099-01-01 08:00"
    content = table(
        {"unit": "A", "category": "E01", "valid_to": end},
        {"unit": "B", "category": "E03"},
        {"role": "steward", "category": "E02", "valid_from": kept.valid_from.isoformat()},
    )
    before = await owned(boss)
    report = await brought(boss, content, dry_run=True)
    assert (report["written"], report["rows"], counts(report)) == (False, 3, (1, 1, 1, 1, 0))
    assert await owned(boss) == before
    lines = [
        (line["change"], line["row"], line["holder"], line["place"], line["category"])
        for line in report["lines"]
    ]
    assert lines == [
        ("ended", None, "B", CELL, "C01"),
        ("changed", 2, "A", None, "E01"),
        ("added", 3, "B", None, "E03"),
    ]
    assert report["lines"][1]["valid_to"] == "2099-01-01T08:00:00+08:00"

    written = await brought(boss, content)
    assert (written["written"], counts(written)) == (True, (1, 1, 1, 1, 0))
    now = {(one["category"], one["unit"] and one["unit"]["code"]) for one in await owned(boss)}
    assert now == {("E01", "A"), ("E03", "B"), ("E02", None)}
    assert counts(await brought(boss, content)) == (0, 0, 0, 3, 0)


async def test_a_post_that_has_not_begun_is_withdrawn_when_the_table_lacks_it(
    boss: Client, session: AsyncSession, units: list[Unit]
) -> None:
    post = await an_owner(session, units[0], valid_from=hours(5))
    report = await brought(boss, table({"unit": "B"}))
    assert counts(report) == (1, 0, 1, 0, 0)
    await session.refresh(post)
    assert post.valid_to == post.valid_from
    assert counts(await brought(boss, table({"unit": "B"}))) == (0, 0, 0, 1, 0)


async def test_rows_of_the_past_are_known_again(
    boss: Client, session: AsyncSession, units: list[Unit]
) -> None:
    past = {"unit": "A", "valid_from": "2024-01-01", "valid_to": "2025-01-01"}
    content = table(past, {"unit": "A"})
    assert counts(await brought(boss, content)) == (2, 0, 0, 0, 0)
    assert counts(await brought(boss, content)) == (0, 0, 0, 2, 0)
    chosen = select(Post.valid_from).where(Post.duty == "owner").order_by(Post.valid_from)
    first = (await session.scalars(chosen)).first()
    assert first is not None
    assert first.isoformat() == "2023-12-31T16:00:00+00:00"


async def test_holders_and_places_that_are_gone_stay_as_they_are_but_get_nothing_new(
    boss: Client, session: AsyncSession, units: list[Unit]
) -> None:
    await an_owner(session, units[0], place_code="610526009", category_code="E01")
    units[0].active = False
    await session.flush()
    content = await exported(boss)
    assert counts(await brought(boss, content)) == (0, 0, 0, 1, 0)
    report = await brought(boss, table({"unit": "A"}), dry_run=True)
    assert [(bad["row"], bad["column"]) for bad in report["bad_rows"]] == [(2, "unit")]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"category": "E01"}, "unit", "三者只填其一"),
    ({"unit": "A", "role": "steward"}, "unit", "三者只填其一"),
    ({"unit": "Z"}, "unit", "单位「Z」不存在"),
    ({"account": "nobody"}, "account", "账号「nobody」不存在"),
    ({"role": "mayor"}, "role", "只能是"),
    ({"unit": "A", "place": "610526009"}, "place", "现行区域"),
    ({"unit": "A", "category": "X1"}, "category", "小类的编码"),
    ({"unit": "A", "area": "POLYGON((0 0))"}, "area", "不是有效的 GeoJSON"),
    ({"unit": "A", "area": json.dumps({**drawn(0, 0, 1), "crs": "mars"})}, "area", "只能是"),
    ({"unit": "A", "place": CELL, "area": json.dumps(drawn(0, 0, 1))}, "area", "只能填其一"),
    ({"unit": "A", "valid_from": "昨天"}, "valid_from", "ISO 8601"),
    ({"unit": "A", "valid_to": "46000"}, "valid_to", "ISO 8601"),
    ({"unit": "A", "valid_from": "2026-01-02", "valid_to": "2026-01-01"}, "valid_to", "晚于"),
    ({"unit": "B", "category": "C", "valid_to": "2019-01-01"}, "valid_to", "撤销"),
    ({"unit": "B"}, "unit", "与第 3 行重复"),
]


async def test_every_bad_row_is_named_with_column_and_remedy_and_nothing_is_written(
    boss: Client, session: AsyncSession, units: list[Unit]
) -> None:
    await an_owner(session, units[1], category_code="C")
    await an_owner(session, units[1])
    good = {"unit": "A", "category": "E01"}
    rows = [good, {"unit": "B"}, *(row for row, _, _ in WRONG)]
    report = await brought(boss, table(*rows), dry_run=True)
    found = [(bad["row"], bad["column"]) for bad in report["bad_rows"]]
    assert found == [(number, column) for number, (_, column, _) in enumerate(WRONG, 4)]
    for bad, (_, _, words) in zip(report["bad_rows"], WRONG, strict=True):
        assert words in bad["detail"]["zh"], bad
        assert len(bad["detail"]["en"]) > 8
    before = await owned(boss)
    body = problem(await send(boss, table(*rows)), 422, "bad-rows")
    assert body["count"] == len(WRONG)
    assert body["errors"][2] == {
        "pointer": "row/6/unit",
        "detail": report["bad_rows"][2]["detail"]["zh"],
    }
    assert await owned(boss) == before


async def test_a_spreadsheet_may_have_chinese_headers_numbers_for_codes_and_dates(
    boss: Client, session: AsyncSession, units: list[Unit]
) -> None:
    content = book(
        ["单位编码", "区域编码", "类别", "开始时间", "结束时间"],
        ["A", int(CELL), "E01", LONG_AGO.replace(tzinfo=None), None],
        [None, None, None, None, None],
        ["B", None, None, None, "2099-05-01"],
    )
    assert counts(await brought(boss, content)) == (2, 0, 0, 0, 0)
    whole_city, in_cell = sorted(await owned(boss), key=lambda one: one["place"] or "")
    assert (in_cell["place"], in_cell["valid_from"]) == (CELL, "2019-12-31T16:00:00Z")
    assert whole_city["valid_to"] == "2099-04-30T16:00:00Z"


async def test_text_from_a_chinese_desktop_is_read(boss: Client, session: AsyncSession) -> None:
    await a_unit(session, "环卫")
    content = "单位编码,类别\r\n环卫,E01\r\n"
    for encoding in ("gb18030", "utf-8", "utf-8-sig"):
        await brought(boss, content.encode(encoding))
    assert [one["unit"]["code"] for one in await owned(boss)] == ["环卫"]


async def test_a_code_is_no_formula(boss: Client, session: AsyncSession) -> None:
    await an_owner(session, await a_unit(session, "=1+1"))
    sheet = load_workbook(io.BytesIO(await exported(boss, "xlsx"))).worksheets[0]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "没有表头"),
        (table(), "没有数据行"),
        (b"unit,place,unit\nA,,B\n", "「unit」不认识或重复"),
        (b"unit,owner\nA,B\n", "「owner」不认识或重复"),
        (b"unit\nA,E01\n", "第 2 行的单元格多于表头"),
        (b'unit\n"A\n', "不是有效的 CSV"),
        (b"\xff\xfe\xff\xff", "编码既非 UTF-8"),
        (b"PK\x03\x04 and no more", "不是完整的 Excel"),
        (damaged(), "不是完整的 Excel"),
    ],
)
async def test_a_file_that_is_no_table_is_refused_with_the_reason(
    boss: Client, content: bytes, words: str
) -> None:
    body = problem(await send(boss, content), 422, "unreadable-table")
    assert words in body["detail"]
    assert "owners.csv" in body["detail"]


async def test_a_dry_run_is_what_a_caller_gets_who_does_not_ask_for_more(
    boss: Client, units: list[Unit]
) -> None:
    files = {"file": ("owners.csv", table({"unit": "A"}))}
    report = (await boss.post(f"{OWNERSHIP}/import", files=files)).json()
    assert (report["written"], report["added"]) == (False, 1)
    assert await owned(boss) == []


async def test_thousands_of_rows_cost_a_fixed_number_of_questions(
    boss: Client, session: AsyncSession, units: list[Unit], statements: list[str]
) -> None:
    content = table(
        *(
            {
                "unit": "A",
                "category": "E01",
                "place": CELL,
                "valid_from": f"{year}-01-01",
                "valid_to": f"{year + 1}-01-01",
            }
            for year in range(1950, 2020)
        )
    )
    statements.clear()
    await brought(boss, content, dry_run=True)
    assert len(statements) <= 9
    assert await session.scalar(select(func.count()).where(Post.duty == "owner")) == 0
