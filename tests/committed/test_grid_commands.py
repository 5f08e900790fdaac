"""`wangge grids …` as a person or a script runs it."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.config import ROOT, settings
from app.grids.errors import UnknownField
from app.problems import Forbidden, NotFound
from tests.grids.drawing import board, collection, feature, square, write

CELLS = ("--level", "cell", "--code-scheme", "free")


@pytest.fixture
def on_copy(copy: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Commands run on a database of their own."""
    monkeypatch.setenv("DATABASE_URL", copy)
    monkeypatch.setenv("COLUMNS", "160")
    settings.cache_clear()
    return copy


def wangge(*words: str) -> Result:
    return CliRunner().invoke(cli, ["grids", *words])


def rows(url: str, question: str) -> list[Any]:
    async def answer() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(question)]
        finally:
            await connection.close()

    return asyncio.run(answer())


def test_an_import_is_written_and_kept_with_its_report(on_copy: str, tmp_path: Path) -> None:
    file = write(tmp_path / "cells.shp", board(2, 2), "EPSG:4490", encoding="GB18030")
    done = wangge("import", str(file), *CELLS)
    assert done.exit_code == 0, done.output
    assert "4 opened" in done.stderr
    assert rows(on_copy, "SELECT count(*) FROM cell WHERE valid_to IS NULL") == [(4,)]
    kept = rows(on_copy, "SELECT status, file_name, content, progress FROM grid_import")
    assert kept == [("done", "cells.shp", None, 1.0)]


def test_the_same_command_again_changes_nothing(on_copy: str, tmp_path: Path) -> None:
    file = write(tmp_path / "cells.gpkg", board(2, 2), "EPSG:4490")
    for changes in ("4 opened, 0 closed, 0 replaced, 0 unchanged", "0 opened", "4 unchanged"):
        assert changes in wangge("import", str(file), *CELLS).stderr


def test_errors_are_shown_and_nothing_is_written(on_copy: str, tmp_path: Path) -> None:
    file = tmp_path / "twice.geojson"
    file.write_bytes(collection(feature("a", square(0, 0)), feature("a", square(1, 0))))
    done = wangge("import", str(file), *CELLS)
    assert done.exit_code == 1
    assert "duplicate-code" in done.stderr
    assert "refused" in done.stderr
    assert rows(on_copy, "SELECT count(*) FROM cell") == [(0,)]
    assert rows(on_copy, "SELECT status FROM grid_import") == [("refused",)]


def test_a_dry_run_as_json_is_for_scripts(on_copy: str, tmp_path: Path) -> None:
    file = tmp_path / "overlap.geojson"
    file.write_bytes(collection(feature("a", square(0, 0)), feature("b", square(0.5, 0))))
    done = wangge("import", str(file), *CELLS, "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["status"], report["counts"]) == ("checked", {"overlap": 1})
    assert rows(on_copy, "SELECT count(*) FROM cell") == [(0,)]
    strict = wangge("import", str(file), *CELLS, "--strict", "--json")
    assert strict.exit_code == 1
    assert json.loads(strict.stdout)["status"] == "refused"


def test_wrong_options_and_absent_files_are_told(on_copy: str, tmp_path: Path) -> None:
    file = tmp_path / "cells.geojson"
    file.write_bytes(collection(*board(1, 1)))
    wrong = wangge("import", str(file), *CELLS, "--crs", "mars")
    assert wrong.exit_code == 2
    assert "--crs" in wrong.stderr
    assert wangge("import", str(tmp_path / "none.gpkg"), *CELLS).exit_code == 2
    assert isinstance(
        wangge("import", str(file), *CELLS, "--code-field", "DM").exception, UnknownField
    )
    failed = rows(on_copy, "SELECT status, report #>> '{failure,en}' FROM grid_import")
    assert failed[0][0] == "failed"
    assert "'DM'" in failed[0][1]


def test_what_a_person_can_mend_is_one_clear_line(copy: str, tmp_path: Path) -> None:
    file = tmp_path / "cells.geojson"
    file.write_bytes(collection(*board(1, 1)))
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "grids", "import", str(file), *CELLS, "--code-field=DM"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": copy},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "has: code, name" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_reassigning_is_an_act_of_the_system_or_of_a_named_administrator(on_copy: str) -> None:
    done = wangge("reassign")
    assert done.exit_code == 0, done.output
    assert "0 open cases" in done.stderr
    assert rows(on_copy, "SELECT username FROM account") == [("system",)]
    assert isinstance(wangge("reassign", "--as", "nobody").exception, NotFound)
    assert isinstance(wangge("reassign", "--as", "system").exception, Forbidden)
