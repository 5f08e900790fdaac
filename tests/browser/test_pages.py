"""Every page at both sizes: it fits, and everybody can read it; both languages."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.config import ROOT
from tests.browser.arranging import Calls, things_to_show
from tests.browser.conftest import Opens
from tests.browser.pages import PAGES, Shown, settled, show
from tests.browser.running import SMALL, WALL

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
CHINESE = re.compile("[一-鿿]")
EVERY_PAGE = pytest.mark.parametrize("shown", PAGES, ids=[shown.name for shown in PAGES])
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="session")
def things(calls: Calls) -> Mapping[str, str]:
    return things_to_show(calls)


@EVERY_PAGE
@pytest.mark.parametrize("size", [SMALL, WALL], ids=["1366x768", "3840x1080"])
def test_a_page_fits_and_everybody_can_read_it(
    opens: Opens, shown: Shown, size: dict[str, int], things: Mapping[str, str]
) -> None:
    page = opens(shown.account, size=size)
    show(page, shown, things)
    assert page.evaluate(OVERFLOW) <= 0
    assert grave(page) == []


def test_every_page_of_administration_speaks_english_after_one_click(
    opens: Opens, things: Mapping[str, str]
) -> None:
    page = opens("admin1", "/queues/all")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    left = {}
    for shown in (one for one in PAGES if one.account == "admin1"):
        page.goto(shown.path.format(**things))
        settled(page)
        labels = page.locator("nav a, h1, label, .el-tabs__item").all_inner_texts()
        left[shown.name] = [words for words in labels if CHINESE.search(words)]
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert not any(left.values()), left


def grave(page: Page) -> list[dict[str, Any]]:
    """What axe finds that keeps somebody out."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        {"rule": one["id"], "at": [node["html"][:200] for node in one["nodes"][:3]]}
        for one in found
        if one["impact"] in GRAVE
    ]
