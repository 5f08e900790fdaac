"""The bench runs to its end on a small city and leaves nothing behind; figures are not judged."""

import json
import re
import subprocess
import sys

import asyncpg
import pytest

from app.bench.city import City
from app.bench.limit import script
from app.bench.load import Tally
from app.bench.scratch import Server
from app.db import new_id
from tests.conftest import SERVER

LABELS = {
    "noop": "no-op route",
    "intake": "POST /incidents ",
    "batch": "POST /incidents/batch",
    "list": "GET /incidents, page of 50",
    "list_area": "of an area and a status",
    "list_steward": "to a steward of 3 cells",
    "detail": "GET /incidents/{id}",
}
OPTIONS = ("bench", "intake", "--quick", "--growth", "--json", "-")
BENCH = "from app.cli import main; main()"


async def _scratch_databases() -> list[str]:
    connection = await asyncpg.connect(SERVER)
    rows = await connection.fetch("SELECT datname FROM pg_database WHERE datname ~ '^wangge_bench'")
    await connection.close()
    return [row["datname"] for row in rows]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_quick_bench_measures_every_path(database: str) -> None:
    before = await _scratch_databases()
    done = subprocess.run(  # noqa: ASYNC221 - nothing else is waiting here
        [sys.executable, "-c", BENCH, *OPTIONS, "--server-url", SERVER],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    paths = {path["name"]: path for path in found["paths"]}
    assert paths.keys() >= LABELS.keys()
    assert all(label in done.stderr for label in LABELS.values()), done.stderr
    assert found["limit_per_second"] > 0
    assert found["growth"] > 0
    assert all(path["ratio"] > 0 and path["requests_per_second"] > 0 for path in paths.values())
    assert paths["intake"]["statements"] == paths["intake"]["round_trips"] == 1
    assert paths["noop"]["statements"] == 0
    assert set(await _scratch_databases()) <= set(before)


@pytest.mark.slow
async def test_a_quick_bench_tells_every_light_of_what_is_due(database: str) -> None:
    before = await _scratch_databases()
    done = subprocess.run(  # noqa: ASYNC221 - nothing else is waiting here
        [sys.executable, "-c", BENCH, "bench", "watch", "--quick", "--server-url", SERVER],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    idle, some, rest = (line.split() for line in done.stdout.splitlines()[-3:])
    assert (idle[0], idle[2:]) == ("0", ["0", "0"])
    assert (some[0], some[2:]) == ("100", ["200", "100"])
    assert int(rest[2]) == 2 * int(rest[0]) > 0
    assert set(await _scratch_databases()) <= set(before)


def test_the_limit_runs_the_statement_of_intake() -> None:
    text = script(City(500, 5_000), ["E0101", "E0102"], new_id())
    assert "INSERT INTO intake_key" in text
    assert "'E0101','E0102'" in text
    assert not re.search(r"\$\d", text)


def test_percentiles_are_of_the_answers() -> None:
    tally = Tally(seconds=2.0, times=[n / 1000 for n in range(1, 101)])
    assert (tally.per_second, tally.percentile(0.5), tally.percentile(0.95)) == (50, 51, 96)


def test_a_server_is_reached_by_its_socket_or_its_port() -> None:
    by_port = Server("postgresql://me:a%20b@db.example:5433/wangge")
    assert by_port.database("x") == "postgresql://me:a%20b@db.example:5433/x"
    assert by_port.through(9, "x") == "postgresql://me:a%20b@127.0.0.1:9/x"
    assert by_port.for_libpq("x")["PGPASSWORD"] == "a b"
    by_socket = Server("postgresql://me@/wangge?host=/run/postgresql&port=5434")
    assert (by_socket.host, by_socket.port) == ("/run/postgresql", 5434)
    assert by_socket.through(9, "x") == "postgresql://me@127.0.0.1:9/x"
