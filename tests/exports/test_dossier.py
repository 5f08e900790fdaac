"""The dossier of a case: everything that the asker may see of it, as text on paper."""

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import settings
from app.exports import dossier
from app.exports.columns import STAGES
from app.incidents.fold import KINDS
from app.incidents.states import Stage
from app.media import service, store
from tests.centre import PATH, TO_CLOSED, Centre, a_centre
from tests.clients import Client, problem
from tests.factories import an_account
from tests.media.pictures import a_scene, packed

MARKUP = '#set page(width: 1pt) *粗体* _斜体_ "引号" \\ $x^2$ @ref <label> // 注释 [ ] { } 井盖破损'


@pytest.fixture
async def centre(
    client: Client, session: AsyncSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Centre:
    monkeypatch.setenv("WANGGE_MEDIA_URL", (tmp_path / "media").as_uri())
    settings.cache_clear()
    return await a_centre(client, session)


@pytest.fixture(autouse=True)
def _settings_again() -> Any:
    yield
    settings.cache_clear()


async def printed(client: Client, case: str) -> PdfReader:
    answer = await client.get(f"{PATH}/{case}/print.pdf")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert "filename*=UTF-8''%E6%A1%88%E5%8D%B7_" in answer.headers["content-disposition"]
    return PdfReader(io.BytesIO(answer.content))


def words(paper: PdfReader) -> str:
    """All text, without the breaks of lines."""
    return "".join("".join(page.extract_text().split()) for page in paper.pages)


async def a_photo(centre: Centre, case: str, stage: str, seed: int) -> None:
    row = await centre.photo(case, stage)
    thumbnail = packed(a_scene(seed, (320, 240)), "WEBP")
    await store.put(service.variant(row.object_key, "thumbnail"), thumbnail)


async def test_a_dossier_tells_the_whole_life_of_a_case(centre: Centre) -> None:
    case = await centre.report(address="人民路12号", description=MARKUP)
    await a_photo(centre, case, "report", 1)
    await a_photo(centre, case, "after", 2)
    await centre.walk(case, *TO_CLOSED)
    incident = await centre.seen(case)
    paper = await printed(centre.people["supervisor"], case)
    text = words(paper)
    assert incident["number"] in text
    assert "".join(MARKUP.split()) in text, "what people wrote is no markup"
    for said in ("人民路12号", "已结案", "单位SZ", "处置后", "立案", "派遣", "核查通过", "已清扫"):
        assert said in text, said
    assert text.count("姓名supervisor打印于") == len(paper.pages)
    images = [image for page in paper.pages for image in page.images]
    assert len(images) == 2
    assert {page.mediabox.width for page in paper.pages} == {paper.pages[0].mediabox.width}


async def test_a_photo_that_cannot_be_read_is_told(centre: Centre) -> None:
    case = await centre.report()
    await centre.photo(case, "report")
    await centre.photo(case, "check", state="pending")
    paper = await printed(centre.people["supervisor"], case)
    assert words(paper).count("照片无法读取") == 2


async def test_a_dossier_is_for_those_who_see_the_case(
    centre: Centre, session: AsyncSession, client: Client
) -> None:
    case = await centre.report()
    nobody = client.as_(await an_account(session, "observer", username="n", place=None))
    problem(await nobody.get(f"{PATH}/{case}/print.pdf"), 404, "not-found")


async def test_without_a_chinese_font_the_answer_says_so(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await centre.report()
    monkeypatch.setattr(dossier, "FONTS", ("No Such Font",))
    dossier._fonts.cache_clear()
    answer = await centre.people["supervisor"].get(f"{PATH}/{case}/print.pdf")
    dossier._fonts.cache_clear()
    told = problem(answer, 503, "font-missing")
    assert "fonts-noto-cjk" in told["detail"]


def test_every_step_and_stage_has_a_name() -> None:
    assert set(dossier.STEPS) == KINDS
    assert set(STAGES) == set(Stage)
