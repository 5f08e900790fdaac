"""Editions as files: what goes out comes in unchanged, and every bad row is named."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.catalog import files
from app.catalog.content import (
    ClassRow,
    ConditionRow,
    Content,
    EditionMeta,
    QuestionOption,
    QuestionRow,
    Threshold,
)
from tests.catalog.conftest import EDITIONS, Desk, a_class, a_condition
from tests.clients import Client, problem

PARTS = ("classes", "conditions", "questions", "phrases")


@pytest.mark.parametrize("kind", ["json", "xlsx"])
async def test_an_edition_goes_out_and_comes_in_unchanged(desk: Desk, kind: str) -> None:
    number = (await desk.published())["number"]
    exported = await desk.export(number)
    answer = await desk.bring(await desk.export(number, kind))
    assert answer.status_code == 201, answer.text
    draft = answer.json()["number"]
    assert answer.headers["location"] == f"{EDITIONS}/{draft}"
    assert await desk.export(draft) == exported
    found = await desk.diff(draft)
    assert not any(change for part in PARTS for change in found[part].values())


def words(maximum: int) -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    return st.text(letters, min_size=1, max_size=maximum)


PLAIN = st.text(st.sampled_from("井盖=+-'_x000D_5 ,;，；#N/A"), min_size=1, max_size=20)
THRESHOLDS = st.builds(
    Threshold,
    quantity=st.sampled_from(["depth", "breakage_area"]),
    op=st.sampled_from([">", ">=", "<", "<=", "="]),
    value=st.one_of(
        st.integers(0, 10**6),
        st.floats(0, 10**6).map(lambda value: round(value, 6)),
        st.just("1/3"),
        st.lists(st.integers(0, 500), min_size=2, max_size=3),
    ),
    unit=st.sampled_from(["cm2", "%", "m/s"]),
)


def valid(row: Callable[..., Any], /, **parts: Any) -> st.SearchStrategy[Any]:
    """Rows that the catalogue takes; text that it refuses is tried again."""

    def build(values: dict[str, Any]) -> Any:
        try:
            return row(**values)
        except ValueError:
            return None

    return st.fixed_dictionaries(parts).map(build).filter(lambda found: found is not None)


CONDITIONS = valid(
    ConditionRow,
    category_code=st.just("E0112"),
    number=st.integers(1, 999),
    region_class=st.sampled_from([None, "A", "一类"]),
    text=st.one_of(PLAIN, words(60)),
    text_en=st.one_of(st.just(""), PLAIN),
    thresholds=st.lists(THRESHOLDS, max_size=3),
    tags=st.lists(st.sampled_from(["broken", "dirty"]), max_size=2),
    closing_text=words(20),
    closing_actions=st.just([]),
    limit_amount=st.decimals("0.01", "999", places=2),
    limit_unit=st.sampled_from(["urgent_hour", "urgent_day", "work_hour", "work_day"]),
    note=st.one_of(st.none(), PLAIN),
)
OPTIONS = valid(
    QuestionOption,
    label=words(12),
    phone=st.sampled_from([None, "119", "0359 123-4567"]),
    message=st.one_of(st.none(), words(20)),
)
QUESTIONS = valid(
    QuestionRow,
    category_code=st.just("E0112"),
    key=st.sampled_from(["how", "why"]),
    position=st.integers(1, 9),
    text=words(40),
    kind=st.sampled_from(["text", "number", "single", "multiple", "date"]),
    required=st.booleans(),
    options=st.lists(OPTIONS, max_size=3),
)
META = valid(EditionMeta, name=words(20), region=PLAIN, source=words(80), label=words(20))


@pytest.mark.parametrize("kind", ["json", "xlsx"])
@trials(max_examples=60, deadline=None)
@given(
    edition=META,
    conditions=st.lists(CONDITIONS, max_size=4, unique_by=lambda row: row.code),
    questions=st.lists(QUESTIONS, max_size=2, unique_by=lambda row: row.code),
)
def test_whatever_an_edition_may_hold_survives_both_formats(
    kind: str, edition: EditionMeta, conditions: list[Any], questions: list[Any]
) -> None:
    content = Content(
        edition=edition,
        classes=[ClassRow(**a_class("E0112"))],
        conditions=conditions,
        questions=questions,
        phrases=[],
    )
    assert files.read("edition", files.write(content, kind)) == content


Mend = Callable[[dict[str, Any]], Any]
BAD_JSON: dict[str, tuple[Mend, tuple[str, int, str]]] = {
    "a unit": (
        lambda c: c["conditions"][2].update(limit_unit="week"),
        ("conditions", 3, "limit_unit"),
    ),
    "a limit": (
        lambda c: c["conditions"][0].update(limit_amount="soon"),
        ("conditions", 1, "limit_amount"),
    ),
    "a threshold": (
        lambda c: c["conditions"][1]["thresholds"][0].update(op="~"),
        ("conditions", 2, "thresholds/0/op"),
    ),
    "a threshold's value": (
        lambda c: c["conditions"][1]["thresholds"][0].update(value="viel"),
        ("conditions", 2, "thresholds/0/value"),
    ),
    "digits of another script": (
        lambda c: c["classes"].append(a_class("E٠٩٩٩", extension=True)),
        ("classes", 198, "code"),
    ),
    "the same twice": (
        lambda c: c["classes"].append(c["classes"][0]),
        ("classes", 198, "code"),
    ),
    "no such class": (
        lambda c: c["conditions"].append(a_condition("E0650")),
        ("conditions", 520, "category_code"),
    ),
    "a big class by two names": (
        lambda c: c["classes"][1].update(big_name="别的"),
        ("classes", 2, "big_name"),
    ),
    "a choice without options": (
        lambda c: c["questions"][0].update(options=[]),
        ("questions", 1, "options"),
    ),
    "a phone without words": (
        lambda c: c["questions"][0]["options"][1].update(message=None),
        ("questions", 1, "options/1"),
    ),
    "an unknown field": (
        lambda c: c["phrases"][0].update(colour="red"),
        ("phrases", 1, "colour"),
    ),
    "no row": (lambda c: c["phrases"].insert(0, 7), ("phrases", 1, "")),
    "a part missing": (lambda c: c.pop("phrases"), ("phrases", 1, "")),
    "an unknown part": (lambda c: c.update(colours=[]), ("colours", 1, "")),
    "no label": (lambda c: c["edition"].pop("label"), ("edition", 1, "label")),
}


@pytest.mark.parametrize("case", BAD_JSON.values(), ids=BAD_JSON.keys())
async def test_a_bad_row_of_a_json_file_is_named_and_nothing_is_imported(
    desk: Desk, case: tuple[Mend, tuple[str, int, str]]
) -> None:
    change, place = case
    content = orjson.loads(await desk.export((await desk.published())["number"]))
    change(content)
    for language in ("zh", "en"):
        answer = await desk.bring(orjson.dumps(content), headers={"Accept-Language": language})
        (found,) = problem(answer, 422, "bad-catalog-file")["errors"]
        assert (found["sheet"], found["row"], found["column"]) == place
        assert found["detail"]
    assert len((await desk.client.get(EDITIONS)).json()["items"]) == 1


def cell(book: Workbook, sheet: str, header: str, row: int) -> Any:
    headers = [one.value for one in book[sheet][1]]
    return book[sheet].cell(row, headers.index(header) + 1)


async def workbook(desk: Desk) -> Workbook:
    return load_workbook(BytesIO(await desk.export((await desk.published())["number"], "xlsx")))


async def brought(desk: Desk, book: Workbook) -> Any:
    target = BytesIO()
    book.save(target)
    return await desk.bring(target.getvalue(), "标准.xlsx")


async def test_every_bad_cell_is_named_at_once(desk: Desk) -> None:
    book = await workbook(desk)
    wrong = {
        ("立案条件", 3, "时限单位"): "小时",
        ("立案条件", 4, "时限"): "很快",
        ("立案条件", 5, "阈值"): "大于 2 厘米",
        ("立案条件", 6, "类别代码"): "E9912",
        ("立案条件", 7, "立案条件"): None,
        ("类别", 2, "扩展"): "也许",
        ("类别", 5, "小类名称"): None,
        ("问题", 2, "类型"): "猜",
        ("问题", 3, "选项"): "有 | 119",
        ("常用语", 2, "环节"): "唱歌",
    }
    for (sheet, row, header), value in wrong.items():
        cell(book, sheet, header, row).value = value
    found = problem(await brought(desk, book), 422, "bad-catalog-file")
    assert {(one["sheet"], one["row"], one["column"]) for one in found["errors"]} == set(wrong)
    assert found["count"] == len(wrong)
    details = {one["column"]: one["detail"] for one in found["errors"]}
    assert details["时限单位"] == "只能是：紧急工作时、紧急工作日、工作时、工作日"
    assert len((await desk.client.get(EDITIONS)).json()["items"]) == 1


async def test_sheets_and_headers_must_be_there(desk: Desk) -> None:
    book = await workbook(desk)
    del book["常用语"]
    cell(book, "立案条件", "备注", 1).value = "附注"
    found = problem(await brought(desk, book), 422, "bad-catalog-file")["errors"]
    assert [(one["sheet"], one["row"], one["column"]) for one in found] == [
        ("立案条件", 1, "备注"),
        ("立案条件", 1, "附注"),
        ("常用语", 1, ""),
    ]


async def test_a_workbook_is_edited_as_people_do(desk: Desk) -> None:
    book = await workbook(desk)
    cell(book, "立案条件", "时限", 2).value = 1.5
    cell(book, "类别", "小类名称", 2).value = 12345
    sheet = book["立案条件"]
    columns = [one.value for one in sheet[1]]
    row = dict.fromkeys(columns)
    row |= {"类别代码": "E0112", "序号": 50.0, "立案条件": "积尘", "结案条件": "清扫干净"}
    row |= {"时限": "4", "时限单位": "工作时", "阈值": "depth > 1 cm；area >= 2x3 m"}
    sheet.append([None] * len(columns))
    sheet.append([row[name] for name in columns])
    book.create_sheet("我的笔记").append(["随便写"])
    answer = await brought(desk, book)
    assert answer.status_code == 201, answer.text
    found = await desk.diff(answer.json()["number"])
    (changed,) = found["conditions"]["changed"]
    assert changed["fields"] == {"limit_amount": {"before": 2, "after": 1.5}}
    assert found["classes"]["changed"][0]["fields"]["name"]["after"] == "12345"
    assert found["conditions"]["added"] == ["E0112-50"]
    content = orjson.loads(await desk.export(answer.json()["number"]))
    added = next(one for one in content["conditions"] if one["number"] == 50)
    assert [one["value"] for one in added["thresholds"]] == [1, [2, 3]]


async def test_a_workbook_helps_whoever_fills_it(desk: Desk) -> None:
    book = await workbook(desk)
    assert book.sheetnames == ["版本", "类别", "立案条件", "问题", "常用语"]
    for name in book.sheetnames[1:]:
        assert book[name].freeze_panes == "A2"
    allowed = [one.formula1 for one in book["立案条件"].data_validations.dataValidation]
    assert allowed == ['"紧急工作时,紧急工作日,工作时,工作日"']
    assert cell(book, "立案条件", "时限单位", 2).value == "紧急工作时"


def a_bomb() -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 65 * 1_048_576)
    return target.getvalue()


NO_CATALOGUE = {
    "nothing": b"",
    "text": b"hello",
    "half a zip": b"PK\x03\x04 and no more",
    "no workbook": a_bomb()[:0] + b"PK\x03\x04" + b"\x00" * 30,
    "a bomb": a_bomb(),
    "half a json": b'{"edition": ',
}


@pytest.mark.parametrize("data", NO_CATALOGUE.values(), ids=NO_CATALOGUE.keys())
async def test_other_files_are_refused(desk: Desk, data: bytes) -> None:
    found = problem(await desk.bring(data, "事.dat"), 415, "unsupported-catalog-file")
    assert "事.dat" in found["detail"]


async def test_a_file_that_is_too_large_is_refused(desk: Desk) -> None:
    problem(await desk.bring(b"{" + b" " * 6_000_000), 413, "body-too-large")


async def test_the_body_must_be_a_file(desk: Desk, reader: Client) -> None:
    answer = await desk.client.post(f"{EDITIONS}/import", files={"other": ("x", b"{}")})
    problem(answer, 422, "invalid-request")
    forbidden = await reader.post(f"{EDITIONS}/import", files={"file": ("x", b"{}")})
    problem(forbidden, 403, "forbidden")
