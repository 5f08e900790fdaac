"""An import that is killed, or runs twice at once: everything in the end, and nothing double."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from app import db
from app.config import ROOT
from tests.test_incident_import import a_file, a_row

ROWS = 5_000
TOML = """
name = "small"
crs = "cgcs2000"
columns = { id = "ID", lon = "X", lat = "Y", description = "WHAT", reported_at = "WHEN", \
status = "STATE", closed_at = "DONE" }
time = { zone = "Asia/Shanghai", formats = ["%Y-%m-%d %H:%M"] }
category = { default = "E0112" }
status = { map = { new = "reported", done = "closed" } }
"""
COUNTS = """
SELECT
  (SELECT count(*) FROM incident),
  (SELECT count(*) FROM fact WHERE kind = 'report'),
  (SELECT count(*) FROM fact WHERE kind = 'import'),
  (SELECT count(*) FROM incident WHERE status = 'closed' AND version = 2)
"""
Import = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start(copy: str, tmp_path: Path) -> Iterator[Import]:
    """Starts `wangge incidents import` on the copy; every process is ended at the end."""
    started: list[subprocess.Popen[str]] = []
    (tmp_path / "m.toml").write_text(TOML)
    path = a_file(tmp_path, *(a_row(number) for number in range(ROWS)), a_row(-1, WHEN="never"))
    command = ["incidents", "import", str(path), "--mapping", str(tmp_path / "m.toml")]

    def begin() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *command],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": copy, "COLUMNS": "200"},
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str], name: str) -> int:
    """The figure before a word of the summary, of an import that ended well."""
    _, text = process.communicate(timeout=100)
    assert process.returncode == 0, text
    assert "1 rows were rejected" in text
    line = next(line for line in text.splitlines() if line.endswith(f"  {name}"))
    return int(line.split()[0].replace(",", ""))


async def counts(url: str) -> list[int]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetchrow(COUNTS))
    finally:
        await connection.close()


async def begin_and_fail() -> None:
    insert = "INSERT INTO unit (id, code, name) VALUES ($1, 'A', 'A')"
    async with db.transaction() as session:
        await db.within(session, insert, UUID(int=1))
        raise ZeroDivisionError


async def test_a_hot_statement_that_comes_first_rolls_back_with_its_session(pools: str) -> None:
    with pytest.raises(ZeroDivisionError):
        await begin_and_fail()
    async with db.transaction() as session:
        assert not await db.within(session, "SELECT 1 FROM unit")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "code", "words"), [(signal.SIGKILL, -9, ""), (signal.SIGINT, 130, "Stopped.")]
)
async def test_a_killed_import_leaves_whole_batches_and_a_second_run_completes_it(
    copy: str, start: Import, how: signal.Signals, code: int, words: str
) -> None:
    process = start()
    while (await counts(copy))[0] < 1_000:
        assert process.poll() is None
        await asyncio.sleep(0.01)
    process.send_signal(how)
    _, text = process.communicate(timeout=60)
    assert process.returncode == code
    assert words in text
    assert "Traceback" not in text
    left = await counts(copy)
    assert 1_000 <= left[0] < ROWS
    assert left == [left[0]] * 4
    assert left[0] % 500 == 0

    again = start()
    created = await asyncio.to_thread(said, again, "created")
    assert left[0] <= ROWS - created <= left[0] + 1_000  # commits may outlive their client
    assert await counts(copy) == [ROWS] * 4


@pytest.mark.slow
async def test_two_imports_of_one_file_at_once_make_each_case_once(
    copy: str, start: Import
) -> None:
    both = [start(), start()]
    created = await asyncio.gather(*(asyncio.to_thread(said, one, "created") for one in both))
    assert sum(created) == ROWS
    assert await counts(copy) == [ROWS] * 4
