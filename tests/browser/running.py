"""A whole installation for browsers: the sample city at work, a real server and a real worker."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.config import ROOT
from app.demo.people import PASSWORD

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--enable-unsafe-swiftshader",
)  # fmt: skip
LAUNCH = {"executable_path": CHROMIUM, "args": ARGUMENTS}
LOOK = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "reduced_motion": "reduce"}
"""How every browser is set, but for the size of its window."""
SMALL, WALL = {"width": 1366, "height": 768}, {"width": 3840, "height": 1080}
READY_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Installation:
    """Processes on one database; `folder` keeps its files and what they say."""

    database: str
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.database,
            "WANGGE_ENV": "demo",
            "WANGGE_CITY_NAME": "蒲城县（示例）",
            "WANGGE_MEDIA_URL": (self.folder / "media").as_uri(),
            **self.settings,
        }

    def command(self, *words: str) -> None:
        """Run `wangge …` to its end."""
        (self.folder / "media").mkdir(exist_ok=True)
        subprocess.run(self._call(*words), cwd=ROOT, env=self.environment, check=True)

    def start(self, *names: str) -> None:
        """Start `serve` or `worker`; they listen and work when this returns."""
        for name in names:
            words = (name, "--port", str(self.port)) if name == "serve" else (name,)
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    self._call(*words), cwd=ROOT, env=self.environment, stdout=log, stderr=log
                )
        if "serve" in names:
            self._wait()

    def stop(self, *names: str) -> None:
        for name in names or tuple(self.processes):
            process = self.processes.pop(name)
            process.terminate()
            process.wait(30)

    def _call(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "app.cli", *words]

    def _wait(self) -> None:
        last = time.monotonic() + READY_SECONDS
        while time.monotonic() < last:
            try:
                if httpx.get(f"{self.address}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise TimeoutError((self.folder / "serve.log").read_text()[-3000:])


class Caller:
    """The API as one of the demo's people, to arrange and to look."""

    def __init__(self, address: str, username: str) -> None:
        self._http = httpx.Client(base_url=f"{address}/api/v1", timeout=30)
        form = {"grant_type": "password", "username": username, "password": PASSWORD}
        token = self._told(self._http.post("/auth/token", data=form))["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: Any) -> Any:
        return self._told(self._http.get(path, params=query))

    def post(self, path: str, **options: Any) -> Any:
        return self._told(self._http.post(path, **options))

    @staticmethod
    def _told(answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()
