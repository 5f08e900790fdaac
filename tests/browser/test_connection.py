"""A lost connection: it is told, it comes back by itself, and nothing has been missed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import desk
from tests.browser.arranging import Calls, move, reported
from tests.browser.conftest import Opens
from tests.browser.running import Caller, Installation
from tests.browser.watching import Watch

LOST = "net::ERR_|Failed to fetch|network error"


@pytest.fixture
def page(opens: Opens, watch: Watch) -> Iterator[Page]:
    """Somebody who looks at all cases, with a stream that stands."""
    watch.expected.append(LOST)
    page = opens("evaluator1", "/queues/all")
    state(page, "实时")
    yield page
    page.context.set_offline(False)


def state(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible(timeout=30_000)


def test_whoever_was_offline_sees_what_happened_meanwhile(page: Page, calls: Calls) -> None:
    before = reported(calls, "断网之前上报")
    expect(desk.row(page, before["number"])).to_contain_text("已上报")
    page.context.set_offline(True)
    state(page, "已断开")
    meanwhile = [reported(calls, f"断网期间上报{n}") for n in range(3)]
    move(calls, "acceptor1", before, "accept")
    page.context.set_offline(False)
    state(page, "实时")
    for case in meanwhile:
        expect(desk.row(page, case["number"])).to_be_visible()
    expect(desk.row(page, before["number"])).to_contain_text("待立案")


def test_a_restart_of_the_server_loses_nothing(
    page: Page, city: Installation, tmp_path: Path
) -> None:
    other = Installation(city.database, tmp_path)
    other.start("serve")
    city.stop("serve")
    state(page, "已断开")
    case = reported(lambda who: Caller(other.address, who), "服务器重启期间上报")
    city.start("serve")
    state(page, "实时")
    expect(desk.row(page, case["number"])).to_be_visible()
    other.stop()
