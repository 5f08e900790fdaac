"""`wangge ownership …`, with real commits: the difference, the question, the table, the gaps."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.config import settings

PREPARE = """
INSERT INTO unit (id, code, name)
VALUES (gen_random_uuid(), 'A', '甲'), (gen_random_uuid(), 'B', '乙');
INSERT INTO cell (
  id, code, name, area_code, path, area, area_square_metres, centre
) VALUES (
  gen_random_uuid(), '1', '网格', '1', ARRAY['1'],
  ST_Multi(ST_MakeEnvelope(109, 34, 109.001, 34.001, 4490)), 10000,
  ST_SetSRID(ST_MakePoint(109.0005, 34.0005), 4490)
);
"""
FIRST = "unit,category\nA,\nB,E01\n"
SECOND = "unit,category\nA,\nA,E02\n"


@pytest.fixture(autouse=True)
async def city(copy: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """One cell and two units, on a copy of the database."""
    monkeypatch.setenv("DATABASE_URL", copy)
    settings.cache_clear()
    connection = await asyncpg.connect(copy)
    await connection.execute(PREPARE)
    await connection.close()
    return copy


async def ownership(*words: str, answer: str = "") -> Result:
    """Run the command in a thread: it has an event loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, cli, ["ownership", *words], input=answer)


async def exported(tmp_path: Path) -> list[str]:
    """Unit and class of every row that an export has."""
    file = tmp_path / "out.csv"
    done = await ownership("export", str(file))
    assert done.exit_code == 0, done.output
    rows = [line.split(",") for line in file.read_text("utf-8-sig").splitlines()[1:]]
    return sorted(f"{row[0]} {row[5]}".strip() for row in rows)


async def test_a_table_is_imported_after_the_difference_was_shown(tmp_path: Path) -> None:
    file = tmp_path / "owners.csv"
    file.write_text(FIRST)
    tried = await ownership("import", str(file), "--dry-run")
    assert (tried.exit_code, await exported(tmp_path)) == (0, [])
    assert "2 added, 0 changed, 0 ended, 0 unchanged, 0 bad" in tried.output
    refused = await ownership("import", str(file), answer="n\n")
    assert (refused.exit_code, await exported(tmp_path)) == (1, [])
    done = await ownership("import", str(file), answer="y\n")
    assert (done.exit_code, await exported(tmp_path)) == (0, ["A", "B E01"])
    file.write_text(SECOND)
    done = await ownership("import", str(file), "--yes")
    assert "1 added, 0 changed, 1 ended, 1 unchanged, 0 bad" in done.output
    assert await exported(tmp_path) == ["A", "A E02"]
    again = await ownership("import", str(file))
    assert (again.exit_code, "2 unchanged" in again.output) == (0, True)


async def test_a_bad_row_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "owners.csv"
    file.write_text("unit,category\nA,\nZ,E01\n")
    done = await ownership("import", str(file), "--yes")
    assert done.exit_code == 1
    assert "row 3, unit: There is no active unit 'Z'" in done.output
    assert await exported(tmp_path) == []


async def test_coverage_ends_with_1_while_something_is_without_an_owner(tmp_path: Path) -> None:
    bare = await ownership("coverage")
    assert bare.exit_code == 1
    assert "1 cells" in bare.output
    file = tmp_path / "owners.csv"
    file.write_text(FIRST)
    await ownership("import", str(file), "--yes")
    covered = await ownership("coverage")
    assert covered.exit_code == 0, covered.output
    assert "0 without an owner, 0 with several" in covered.output


async def test_an_export_has_a_known_kind(tmp_path: Path) -> None:
    done = await ownership("export", str(tmp_path / "owners.txt"))
    assert done.exit_code == 2
    assert ".csv or .xlsx" in done.output
