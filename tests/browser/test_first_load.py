"""The desk's first page is light: what draws maps and charts comes when it is asked for."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from tests.browser.pages import sign_in
from tests.browser.running import LOOK, SMALL, Installation

MOST_BYTES = 400_000


def test_the_first_page_of_the_desk_weighs_less_than_it_may(
    browser: Browser, city: Installation
) -> None:
    with browser.new_context(base_url=city.address, viewport=SMALL, **LOOK) as context:
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        paths: dict[str, str] = {}
        sizes: dict[str, int] = {}
        wire.on(
            "Network.requestWillBeSent",
            lambda sent: paths.update({sent["requestId"]: urlsplit(sent["request"]["url"]).path}),
        )
        wire.on(
            "Network.loadingFinished",
            lambda done: sizes.update({done["requestId"]: done["encodedDataLength"]}),
        )
        sign_in(page, "dispatcher1")
        expect(page.locator("tr[data-id]").first).to_be_visible()
        files = {paths[n]: size for n, size in sizes.items() if not paths[n].startswith("/api/")}
    assert sum(files.values()) <= MOST_BYTES, files
    assert not [path for path in files if "maplibre" in path or "echarts" in path]
