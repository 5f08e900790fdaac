"""Takes the pictures of docs/screens/; called by scripts/screens."""

import asyncio
import io
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.arranging import things_to_show
from tests.browser.pages import PAGES, Shown, show, sign_in
from tests.browser.running import LAUNCH, LOOK, SMALL, WALL, Caller, Installation

OUT = Path(__file__).resolve().parent.parent / "docs" / "screens"
SERVER = os.environ["WANGGE_TEST_DATABASE_URL"]
NAME = "wangge_screens"
COLOURS = 256
AFTERNOON = 15
"""The hour of the pictures, so that a day is behind them whenever they are taken."""
CALM_MS = 2500
"""How long the last movement takes: maps that fly, numbers that count up."""


def zone() -> str:
    """A time zone in which it is afternoon now."""
    ahead = (AFTERNOON - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


async def sql(*statements: str) -> None:
    connection = await asyncpg.connect(SERVER)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@contextmanager
def a_demonstration() -> Iterator[Installation]:
    drop = f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"
    asyncio.run(sql(drop, f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'"))
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "WANGGE_SECRET_KEY": os.urandom(24).hex(),
            "WANGGE_TIMEZONE": zone(),
            "WANGGE_LOG_LEVEL": "error",
        }
        city = Installation(SERVER.rsplit("/", 1)[0] + "/" + NAME, Path(folder), settings)
        try:
            city.command("migrate")
            city.command("demo", "load", "--empty")
            city.command("demo", "cases", "--open", "160", "--ended", "400", "--days", "30")
            city.start("serve", "worker")
            yield city
        finally:
            city.stop()
            asyncio.run(sql(drop))


class Photographer:
    """One browser for each account; pictures that take little room."""

    def __init__(self, browser: Browser, city: Installation) -> None:
        self._browser, self._city = browser, city
        self._signed_in: dict[str | None, BrowserContext] = {}

    def take(self, shown: Shown, size: dict[str, int], things: Mapping[str, str]) -> None:
        page = self._of(shown.account).new_page()
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        show(page, shown, things)
        page.wait_for_timeout(CALM_MS)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        file = OUT / f"{shown.name}-{size['width']}.png"
        small.save(file, optimize=True)
        print(f"{file.relative_to(OUT.parent.parent)}  {file.stat().st_size // 1024} kB")
        page.close()

    def _of(self, username: str | None) -> BrowserContext:
        if username not in self._signed_in:
            look: dict[str, Any] = {**LOOK, "timezone_id": zone()}
            context = self._browser.new_context(base_url=self._city.address, **look)
            self._signed_in[username] = context
            if username is not None:
                sign_in(context.new_page(), username)
        return self._signed_in[username]


def index() -> str:
    rows = [
        f"| [{shown.name}]({shown.name}-1366.png) | [3840×1080]({shown.name}-3840.png) "
        f"| `{shown.path}` | {shown.what} |"
        for shown in PAGES
    ]
    head = ("# Screens", "", "Made by `scripts/screens` from the demonstration.", "")
    table = ("| 1366×768 | wall | address | |", "|---|---|---|---|")
    return "\n".join((*head, *table, *rows, ""))


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    with a_demonstration() as city, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        things = things_to_show(lambda who: Caller(city.address, who))
        photographer = Photographer(browser, city)
        for shown in PAGES:
            for size in (SMALL, WALL):
                photographer.take(shown, size, things)
        browser.close()
    (OUT / "README.md").write_text(index())


if __name__ == "__main__":
    main()
