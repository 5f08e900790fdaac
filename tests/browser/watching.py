"""What must not happen in any page: errors in the console, uncaught ones, requests elsewhere."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

LOCAL = re.compile(r"^(http://127\.0\.0\.1[:/]|data:|blob:|about:)")
BAD = {"error", "warning"}
GL = "GL Driver Message"
"""What Chromium says of its own software renderer."""


@dataclass
class Watch:
    """Gathers it; `expected` are patterns of what a test brings about on purpose."""

    seen: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> BrowserContext:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        return context

    @property
    def problems(self) -> list[str]:
        return [one for one in self.seen if not any(re.search(p, one) for p in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in BAD and GL not in message.text:
            where = message.location.get("url", "")
            self.seen.append(f"console {message.type}: {message.text} ({where})")

    def _error(self, error: WebError) -> None:
        self.seen.append(f"uncaught: {error.error}")

    def _request(self, request: Request) -> None:
        if not LOCAL.match(request.url):
            self.seen.append(f"asked elsewhere: {request.url}")
