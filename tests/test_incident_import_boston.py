"""22,501 real cases into 26 real neighbourhoods, four of them with broken rings."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import ROOT, CodeScheme
from app.grids import service as grids
from app.grids.schemas import ImportOptions, Level
from app.incidents.importing import importer, mapping, reading

DATA = ROOT.parent / "shared" / "data"
CELLS, CASES = DATA / "boston.geojson", DATA / "boston311_2015_h1.csv.gz"
EXAMPLE = ROOT / "docs" / "examples" / "boston311.toml"
HELD_BY_ITS_CELL = """
SELECT count(*) FROM incident i JOIN cell c ON c.id = i.cell_id WHERE ST_Covers(c.area, i.place)
"""
HELD_BY_A_LOWER_CODE = """
SELECT count(*) FROM incident i JOIN cell c
  ON ST_Covers(c.area, i.place) AND c.code COLLATE "C" < i.cell_code COLLATE "C"
"""
STATES = "SELECT status, count(*) FROM incident GROUP BY status"
LAST_FACTS = """
SELECT status, count(*) FROM (
  SELECT DISTINCT ON (incident_id) status FROM fact ORDER BY incident_id, version DESC
) last GROUP BY status
"""
FACTS = "SELECT kind, count(*) FROM fact GROUP BY kind"
WITHOUT_STATISTICS = "SET LOCAL enable_nestloop = off"
"""Nothing has been analysed inside the test's transaction: joins must not believe in one row."""
TIMES_THAT_DISAGREE = """
SELECT count(*) FROM incident i
JOIN fact f ON f.incident_id = i.id AND f.version = i.version
WHERE i.ended_at IS DISTINCT FROM (CASE WHEN i.status = 'closed' THEN f.at END)
   OR i.updated_at <> f.at OR i.status <> f.status
"""
PERIOD = "SELECT min(reported_at)::text, max(reported_at)::text FROM incident"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CASES.exists(), reason="the Boston data set is not on this machine"),
]


@pytest.fixture
async def neighbourhoods(session: AsyncSession) -> grids.ImportResult:
    options = ImportOptions(
        level=Level.CELL, code_field="name", name_field="name", code_scheme=CodeScheme.FREE
    )
    return await grids.import_file(CELLS, options)


async def bring(tmp_path: Path) -> importer.Summary:
    plan = mapping.load(EXAMPLE)
    table = reading.examine(CASES, plan.file)
    return await importer.import_table(table, plan, importer.Options(tmp_path / "rejects.csv"))


async def totals(session: AsyncSession, statement: str) -> dict[str, int]:
    return {row[0]: row[1] for row in await session.execute(text(statement))}


async def one(session: AsyncSession, statement: str) -> int:
    return int((await session.execute(text(statement))).scalar_one())


async def test_the_report_names_the_broken_rings_and_the_overlap(
    neighbourhoods: grids.ImportResult, session: AsyncSession
) -> None:
    counts = neighbourhoods.report.counts
    assert (neighbourhoods.status, neighbourhoods.report.features) == ("done", 26)
    assert (counts["invalid-ring"], counts["overlap"]) == (4, 1)
    assert await one(session, "SELECT count(*) FROM cell WHERE repaired") == 4


async def test_every_case_lands_in_exactly_one_cell_but_one_and_none_comes_twice(
    neighbourhoods: grids.ImportResult, session: AsyncSession, tmp_path: Path
) -> None:
    first = await bring(tmp_path)
    await session.execute(text(WITHOUT_STATISTICS))
    assert (first.rows, first.created, first.rejected, first.outside) == (22_501, 22_501, 0, 1)
    assert await one(session, "SELECT count(*) FROM incident WHERE cell_id IS NOT NULL") == 22_500
    assert await one(session, "SELECT count(*) FROM incident WHERE cell_id IS NULL") == 1
    assert await one(session, HELD_BY_ITS_CELL) == 22_500
    assert await one(session, HELD_BY_A_LOWER_CODE) == 0

    states = {"closed": 21_265, "reported": 1_236}
    assert await totals(session, STATES) == await totals(session, LAST_FACTS) == states
    assert await totals(session, FACTS) == {"report": 22_501, "import": 21_265}
    assert await one(session, TIMES_THAT_DISAGREE) == 0
    assert await one(session, "SELECT count(DISTINCT category_code) FROM incident") == 19
    sources = "SELECT source, count(*) FROM incident GROUP BY source"
    assert Counter(await totals(session, sources)) == {
        "resident": 8_246,
        "hotline": 5_492,
        "steward": 8_661,
        "partner": 102,
    }
    period = (await session.execute(text(PERIOD))).one()
    assert tuple(period) == ("2015-01-01 05:25:23+00", "2015-07-01 03:06:00+00")

    second = await bring(tmp_path)
    assert (second.created, second.present, second.outside) == (0, 22_501, 1)
    assert await one(session, "SELECT count(*) FROM incident") == 22_501
    assert await one(session, "SELECT count(*) FROM fact") == 22_501 + 21_265
    assert not (tmp_path / "rejects.csv").exists()
