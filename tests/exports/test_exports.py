"""Exports: exactly the rows that a list shows, in its order, as a file."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.exports import jobs, service, writing
from app.exports.columns import COLUMNS, ColumnName
from app.incidents import listing
from app.incidents.models import Incident
from app.media import store
from tests.centre import PATH, TO_DISPATCHED, TO_FILED, Centre, a_centre
from tests.clients import Client, problem
from tests.factories import an_account

URL = "/api/v1/exports"
NUMBER_AND_TEXT = ["number", "description"]


@pytest.fixture
async def centre(
    client: Client, session: AsyncSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Centre:
    """Seven cases in three states; files go to a folder of this test."""
    monkeypatch.setenv("WANGGE_MEDIA_URL", (tmp_path / "media").as_uri())
    settings.cache_clear()
    centre = await a_centre(client, session)
    for n in range(7):
        case = await centre.report(description=f"第{n}号", source=("steward", "hotline")[n % 2])
        if n % 3:
            await centre.walk(case, *((), TO_FILED, TO_DISPATCHED)[n % 3])
    return centre


@pytest.fixture(autouse=True)
def _settings_again() -> Any:
    yield
    settings.cache_clear()


async def made(centre: Centre, who: str = "supervisor", **asked: Any) -> dict[str, Any]:
    """An export that a worker has made."""
    body = {"columns": NUMBER_AND_TEXT, "format": "csv", **asked}
    answer = await centre.people[who].post(URL, body)
    assert answer.status_code == 202, answer.text
    queued = answer.json()
    assert answer.headers["location"] == f"{URL}/{queued['id']}"
    assert (queued["status"], queued["progress"]) == ("queued", 0)
    await jobs.make(queued["id"])
    found: dict[str, Any] = (await centre.people[who].get(f"{URL}/{queued['id']}")).json()
    return found


async def file_of(centre: Centre, export: dict[str, Any], who: str = "supervisor") -> bytes:
    answer = await centre.people[who].get(f"{URL}/{export['id']}/file")
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content) == export["size_bytes"]
    assert "filename*=UTF-8''%E6%A1%88%E4%BB%B6_" in answer.headers["content-disposition"]
    return answer.content


def rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


async def shown(centre: Centre, who: str = "supervisor", **query: Any) -> list[str]:
    """The numbers of a list, page by page."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        answer = await centre.people[who].get(PATH, params={"limit": 3, **query, **after})
        found += [item["number"] for item in answer.json()["items"]]
        if answer.json()["next"] is None:
            return found
        after = {"after": answer.json()["next"]}


@pytest.mark.parametrize(
    ("which", "sort"),
    [
        ({}, "-reported_at"),
        ({}, "reported_at"),
        ({}, "due_at"),
        ({"status": ["filed", "dispatched"]}, "-reported_at"),
        ({"queue": "dispatch"}, "due_at"),
        ({"source": ["hotline"], "area": "610526"}, "reported_at"),
        ({"step": "file"}, "-reported_at"),
        ({"text": "没有这样的"}, "-reported_at"),
    ],
)
async def test_the_file_holds_exactly_what_the_list_shows(
    centre: Centre, which: dict[str, Any], sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAGE", 2)
    export = await made(centre, filter=which, sort=sort)
    listed = await shown(centre, sort=sort, **which)
    table = rows(await file_of(centre, export))
    assert table[0] == ["案件编号", "问题描述"]
    assert [row[0] for row in table[1:]] == listed
    assert (export["status"], export["progress"]) == ("done", 1)
    assert (export["rows"], export["total"]) == (len(listed), len(listed))
    assert export["which"] == ({**which, "sort": sort} if sort != "-reported_at" else which)


async def test_the_file_holds_what_the_asker_may_see(centre: Centre, client: Client) -> None:
    nobody = await an_account(centre.session, "observer", username="n", place=None)
    centre.people["n"] = client.as_(nobody)
    export = await made(centre, "n")
    assert rows(await file_of(centre, export, "n")) == [["案件编号", "问题描述"]]
    own = await made(centre, "steward", filter={"reporter": str(centre.id("steward"))})
    assert own["rows"] == 7


async def test_every_column_is_filled_in_both_kinds_of_file(centre: Centre) -> None:
    case = await centre.report(address="人民路1号", accuracy_metres=5)
    await centre.walk(case, *TO_DISPATCHED)
    columns = [str(name) for name in ColumnName]
    asked = {"columns": columns, "filter": {"queue": "dispatched"}}
    titles = [COLUMNS[ColumnName(name)].title for name in columns]
    as_csv = rows(await file_of(centre, await made(centre, **asked)))
    found = dict(zip(as_csv[0], as_csv[1], strict=True))
    assert list(found) == titles
    assert (found["状态"], found["来源"], found["类型"]) == ("待处置", "网格员", "事件")
    assert (found["位置"], found["当前阶段"], found["红黄绿灯"]) == ("人民路1号", "处置", "绿灯")
    assert (found["回退次数"], found["自处理"], found["处置时限"]) == ("0", "否", "2工作时")
    incident = await centre.seen(case)
    moment = datetime.fromisoformat(incident["reported_at"]).astimezone(settings().zone)
    assert found["上报时间"] == f"{moment:%Y-%m-%d %H:%M:%S}"
    xlsx = await file_of(centre, await made(centre, format="xlsx", **asked))
    sheet: Any = load_workbook(io.BytesIO(xlsx)).active
    cells = {title: sheet.cell(2, n) for n, title in enumerate(titles, 1)}
    assert [cell.value for cell in sheet[1]] == titles
    assert cells["上报时间"].value == moment.replace(tzinfo=None, microsecond=0)
    assert cells["上报时间"].is_date
    assert (cells["回退次数"].value, cells["经度"].value) == (0, incident["lon"])
    assert sheet.freeze_panes == "A2"


FORMULAS = ["=1+1", "+86", "-2", "@SUM(A1)", "\tx", '=HYPERLINK("http://a")']


async def test_text_never_becomes_a_formula(centre: Centre) -> None:
    for words in FORMULAS:
        case = await centre.report()
        row = await centre.session.get_one(Incident, UUID(case))
        row.address = words
    await centre.session.flush()
    asked = {"columns": ["address"], "sort": "reported_at"}
    as_csv = rows(await file_of(centre, await made(centre, **asked)))
    assert [row[0] for row in as_csv[-len(FORMULAS) :]] == [f"'{words}" for words in FORMULAS]
    xlsx = await file_of(centre, await made(centre, format="xlsx", **asked))
    sheet: Any = load_workbook(io.BytesIO(xlsx)).active
    last = list(sheet.iter_rows(min_row=sheet.max_row - len(FORMULAS) + 1, max_col=1))
    assert [(row[0].value, row[0].data_type) for row in last] == [(w, "s") for w in FORMULAS]


async def test_a_workbook_goes_on_with_another_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.xlsx"
    monkeypatch.setattr(writing, "SHEET_ROWS", 3)
    file = writing.writer(path, "xlsx", [COLUMNS[ColumnName.NUMBER]])
    file.add([[str(n)] for n in range(5)])
    file.add([["\x01control"], ["last"]])
    file.close()
    book = load_workbook(path)
    assert [sheet.max_row for sheet in book.worksheets] == [4, 4, 2]
    assert [row[0].value for row in book.worksheets[1].iter_rows()] == [
        "案件编号",
        "3",
        "4",
        "control",
    ]


async def test_progress_moves_while_it_is_made(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAGE", 2)
    monkeypatch.setattr(jobs, "TOLD_EVERY", 1)
    seen: list[tuple[str, int, int | None]] = []
    whole = listing.rows_of

    async def watched(actor: Any, filters: Any) -> Any:
        found = (await centre.people["supervisor"].get(URL)).json()["items"][0]
        seen.append((found["status"], found["rows"], found["total"]))
        return await whole(actor, filters)

    monkeypatch.setattr(listing, "rows_of", watched)
    await made(centre)
    assert seen == [("running", n, 7) for n in (0, 2, 4, 6)]


async def test_a_case_whose_deadline_moves_comes_once(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAGE", 2)
    whole, moved = listing.rows_of, []

    async def moving(actor: Any, filters: Any) -> Any:
        page, following = await whole(actor, filters)
        if not moved:
            moved.append(page[0]["id"])
            row = await centre.session.get_one(Incident, page[0]["id"])
            row.due_at = datetime.now(UTC) + timedelta(days=99)
            await centre.session.flush()
        return page, following

    monkeypatch.setattr(listing, "rows_of", moving)
    export = await made(centre, sort="due_at")
    numbers = [row[0] for row in rows(await file_of(centre, export))[1:]]
    assert len(numbers) == len(set(numbers)) == 7


async def test_exports_are_ones_own_and_their_files_wait(centre: Centre) -> None:
    answer = await centre.people["acceptor"].post(
        URL, {"columns": NUMBER_AND_TEXT, "format": "xlsx"}
    )
    url = f"{URL}/{answer.json()['id']}"
    problem(await centre.people["acceptor"].get(f"{url}/file"), 409, "export-not-ready")
    for path in (url, f"{url}/file"):
        problem(await centre.people["supervisor"].get(path), 404, "not-found")
    assert (await centre.people["supervisor"].get(URL)).json() == {"items": []}
    assert len((await centre.people["acceptor"].get(URL)).json()["items"]) == 1
    for _ in range(service.AT_ONCE - 1):
        again = await centre.people["acceptor"].post(
            URL, {"columns": NUMBER_AND_TEXT, "format": "csv"}
        )
        assert again.status_code == 202
    more = await centre.people["acceptor"].post(URL, {"columns": ["number"], "format": "csv"})
    problem(more, 429, "too-many-exports")


async def test_made_once_is_made_for_good_and_a_fault_is_told(
    centre: Centre, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = await made(centre)
    await jobs.make(export["id"])
    assert (await centre.people["supervisor"].get(f"{URL}/{export['id']}")).json() == export
    answer = await centre.people["handler"].post(URL, {"columns": ["number"], "format": "csv"})
    url = f"{URL}/{answer.json()['id']}"

    async def full(key: str, content: Any) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(store, "put", full)
        with pytest.raises(OSError, match="space"):
            await jobs.make(answer.json()["id"])
    failed = (await centre.people["handler"].get(url)).json()
    assert (failed["status"], failed["reason"]) == ("failed", "OSError")
    await jobs.make(answer.json()["id"])
    assert (await centre.people["handler"].get(url)).json()["status"] == "done"
    left = await centre.people["stranger"].post(URL, {"columns": ["number"], "format": "csv"})
    off = text("UPDATE account SET active = false WHERE id = :id")
    await session.execute(off, {"id": centre.id("stranger")})
    await jobs.make(left.json()["id"])
    told = text("SELECT status, reason FROM export WHERE id = :id")
    row = (await session.execute(told, {"id": UUID(left.json()["id"])})).one()
    assert tuple(row) == ("failed", "请先登录")


async def test_old_exports_go_with_their_files(centre: Centre, session: AsyncSession) -> None:
    old, new = await made(centre), await made(centre)
    before = datetime.now(UTC) - timedelta(days=settings().export_days, minutes=1)
    aged = text("UPDATE export SET created_at = :at WHERE id = :id")
    await session.execute(aged, {"at": before, "id": UUID(old["id"])})
    await jobs.sweep()
    left = (await centre.people["supervisor"].get(URL)).json()["items"]
    assert [one["id"] for one in left] == [new["id"]]
    kept = [key async for keys in store.list_("exports") for key in keys]
    assert kept == [f"exports/{new['id']}.csv"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"columns": []}, "/columns"),
        ({"columns": ["number", "number"]}, "/columns"),
        ({"columns": ["password"]}, "/columns/0"),
        ({"format": "pdf"}, "/format"),
        ({"filter": {"queue": "x"}}, "/filter/queue"),
        ({"filter": {"limit": 5}}, "/filter/limit"),
        ({"filter": {"step_to": "2026-01-01T00:00:00Z"}}, "/filter/step_to"),
        ({"sort": "name"}, "/sort"),
    ],
)
async def test_a_bad_export_names_what_is_wrong(
    client: Client, session: AsyncSession, changes: dict[str, Any], pointer: str
) -> None:
    me = client.as_(await an_account(session, "supervisor"))
    body = {"columns": ["number"], "format": "csv", **changes}
    errors = problem(await me.post(URL, body), 422, "invalid-request")["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
