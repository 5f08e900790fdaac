"""The sample city in a browser: one installation, and somebody signed in wherever a test looks."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.pages import sign_in
from tests.browser.running import LAUNCH, LOOK, SMALL, Caller, Installation
from tests.browser.watching import Watch

HERE = Path(__file__).parent
TIMEOUT_SECONDS = 240
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
Opens = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever makes the city for all has the time for it; a test alone has its own."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(TIMEOUT_SECONDS, func_only=True))


@pytest.fixture(scope="session")
def city(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample city at work, with some open and some closed cases."""
    made = Installation(database, tmp_path_factory.mktemp("city"))
    made.command("demo", "load", "--empty")
    made.command("demo", "cases", "--open", "40", "--ended", "10", "--days", "2")
    made.start("serve", "worker")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(city: Installation) -> dict[str, Any]:
    """Debian's Chromium. It starts after the city, whose database is made by another event loop."""
    return {**LAUNCH, "headless": not os.environ.get("WANGGE_TEST_HEADED")}


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch()


@pytest.fixture(autouse=True)
def _nothing_bad(watch: Watch) -> Iterator[None]:
    """No test leaves an error in a console or asks another host."""
    watch.seen.clear()
    watch.expected.clear()
    yield
    assert not watch.problems, "\n".join(watch.problems)


@pytest.fixture(scope="session")
def people(
    browser: Browser, city: Installation, watch: Watch
) -> Iterator[Callable[[str | None], BrowserContext]]:
    """A browser of one's own for each account, signed in once, through the page; None: nobody."""
    signed_in: dict[str | None, BrowserContext] = {}

    def of(username: str | None) -> BrowserContext:
        if username not in signed_in:
            context = browser.new_context(base_url=city.address, viewport=SMALL, **LOOK)
            context.set_default_timeout(PATIENCE_MS)
            signed_in[username] = watch.over(context)
            if username is not None:
                page = context.new_page()
                sign_in(page, username)
                page.close()
        return signed_in[username]

    yield of
    for context in signed_in.values():
        context.close()


@pytest.fixture
def opens(people: Callable[[str | None], BrowserContext]) -> Iterator[Opens]:
    """Opens a page as somebody; all are closed after the test."""
    opened: list[Page] = []

    def open_(username: str | None, path: str = "", size: dict[str, int] = SMALL) -> Page:
        page = people(username).new_page()
        opened.append(page)
        page.set_viewport_size(size)
        if path:
            page.goto(path)
        return page

    yield open_
    for page in opened:
        page.close()


@pytest.fixture(scope="session")
def calls(city: Installation) -> Callable[[str], Caller]:
    """The API as somebody."""
    known: dict[str, Caller] = {}

    def as_(username: str) -> Caller:
        if username not in known:
            known[username] = Caller(city.address, username)
        return known[username]

    return as_
