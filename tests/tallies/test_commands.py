"""`wangge tallies …` as a person runs it."""

import asyncio
import subprocess
import sys

from app import db
from app.config import ROOT
from tests.centre import Centre
from tests.life.acting import FRIDAY, reported
from tests.tallies.counting import count_all, tables


async def wangge(*words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "app.cli", "tallies", *words]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


async def test_a_check_names_what_differs_and_a_rebuild_mends_it(centre: Centre) -> None:
    await reported(centre, FRIDAY)
    await count_all()
    right = await tables()
    await db.hot(
        "UPDATE tally SET reported = 0 WHERE (area_code, dimension, span) = ('', 'all', 'month')"
    )
    code, told = await wangge("check", "--since", "2026-11-01")
    assert code == 1
    assert "1 numbers differ" in told
    assert all(word in told for word in ("month", "2026-11-01", "reported"))
    code, told = await wangge("rebuild")
    assert code == 0, told
    assert await tables() == right
    code, told = await wangge("check", "--since", "2026-11-01", "--until", "2026-11-30")
    assert code == 0, told
    assert "every number is what a count of the cases gives" in told
