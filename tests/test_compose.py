"""The container files name what the code knows; no Docker engine is needed to see it."""

import re
from typing import Any

import pytest
import yaml
from typer.main import get_command

from app.cli import cli
from app.config import ROOT, Settings

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name != "postgis"}


def _known_names() -> set[str]:
    prefixed = {f"WANGGE_{name.upper()}" for name in Settings.model_fields}
    return prefixed | {field.alias for field in Settings.model_fields.values() if field.alias}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    assert set(OURS[name]["environment"]) <= _known_names()


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    commands = get_command(cli).commands  # type: ignore[attr-defined]
    words = OURS[name].get("command") or ["wangge", "serve"]
    called = re.findall(r"wangge (\w+)", " ".join(words))
    assert called
    assert set(called) <= set(commands)


def test_api_and_worker_wait_for_the_migration() -> None:
    for name in ("api", "worker"):
        waits = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert waits == "service_completed_successfully"


def test_api_and_worker_share_the_evidence() -> None:
    folder = OURS["api"]["environment"]["WANGGE_MEDIA_URL"].removeprefix("file://")
    assert f"--owner=wangge --group=wangge {folder}" in (ROOT / "Dockerfile").read_text()
    for name in ("api", "worker"):
        assert f"media:{folder}" in SERVICES[name]["volumes"]
    assert "media" in COMPOSE["volumes"]


def test_secrets_have_no_default() -> None:
    for service in OURS.values():
        assert service["environment"]["WANGGE_SECRET_KEY"].startswith("${WANGGE_SECRET_KEY:?")


def test_the_image_serves_as_the_command_line_does() -> None:
    last = (ROOT / "Dockerfile").read_text().strip().splitlines()[-1]
    assert last.startswith('CMD ["wangge", "serve"')
