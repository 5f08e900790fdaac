"""What an audit sees when somebody has touched rows or facts behind the program's back."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from app import db
from app.config import ROOT
from app.incidents import audit
from tests.conftest import sql

CLOSED = """
SELECT id, number, version, return_count FROM incident
WHERE status = 'closed' ORDER BY number LIMIT 1
"""
UNGUARDED = "ALTER TABLE fact DISABLE TRIGGER fact_append_only"
MERGED = """
SELECT i.number, main.number AS main FROM incident i JOIN incident main ON main.id = i.merged_into
ORDER BY i.number LIMIT 1
"""


async def one(statement: str = CLOSED) -> dict[str, object]:
    (row,) = await db.hot(statement)
    return dict(row)


async def test_an_untouched_city_is_as_its_facts_tell(spoilt: str) -> None:
    verdict = await audit.audit()
    assert verdict.clean
    assert (verdict.cases, verdict.before) == (62, 0)
    assert await audit.count() == 62


async def test_batches_leave_nobody_out(spoilt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 7)
    seen: list[int] = []
    verdict = await audit.audit(seen=seen.append)
    assert seen == [7] * 8 + [6]
    assert verdict.cases == 62
    assert verdict.clean


async def test_an_audit_begins_where_it_is_told_to(spoilt: str) -> None:
    assert (await audit.audit(datetime(2026, 11, 17, tzinfo=UTC))).cases == 0


@pytest.mark.parametrize(
    ("change", "name", "row"),
    [
        ("return_count = 7", "return_count", "7"),
        ("status = 'voided'", "status", "voided"),
        ("yellow_at = '2026-11-16T00:00Z'", "yellow_at", "2026-11-16 00:00:00+00:00"),
        ("limit_amount = 99", "limit_amount", "99"),
        ("version = 500", "version", "500"),
        ("category_code = 'E0101'", "category_code", "E0101"),
    ],
)
async def test_a_changed_row_is_found(spoilt: str, change: str, name: str, row: str) -> None:
    case = await one()
    await sql(spoilt, f"UPDATE incident SET {change} WHERE number = '{case['number']}'")
    verdict = await audit.audit()
    assert not verdict.clean
    assert [(found.number, found.name) for found in verdict.differences] == [(case["number"], name)]
    assert verdict.differences[0].row.startswith(row)


async def test_a_case_in_the_wrong_cell_is_found(spoilt: str) -> None:
    case = await one("SELECT number, cell_code FROM incident WHERE cell_code LIKE '%1' LIMIT 1")
    other = "(SELECT id FROM cell WHERE code LIKE '%2')"
    await sql(spoilt, f"UPDATE incident SET cell_id = {other} WHERE number = '{case['number']}'")
    (found,) = (await audit.audit()).differences
    assert (found.number, found.name, found.facts) == (case["number"], "cell_id", case["cell_code"])


async def test_a_merged_case_whose_reporter_is_forgotten_is_found(spoilt: str) -> None:
    case = await one(MERGED)
    await sql(spoilt, f"UPDATE incident SET parties = '{{}}' WHERE number = '{case['main']}'")
    found = {(found.number, found.name) for found in (await audit.audit()).differences}
    assert found == {(case["number"], "merged_into"), (case["main"], "parties")}


@pytest.mark.parametrize(
    ("table", "which", "loosen", "name", "told"),
    [
        ("stage_clock", "run = 1", "stopped_at = NULL, due_at = now()", "due_at", "20"),
        (
            "stage_clock",
            "t.stage = 'handle' AND t.overdue_at IS NOT NULL",
            "overdue_at = NULL",
            "overdue_at",
            "no late clock",
        ),
        ("application", "status = 'voided'", "decided_at = NULL", "pending", "void"),
        ("task", "status = 'rejected'", "ended_at = NULL", "status", "an open task to verify"),
    ],
)
async def test_what_hangs_loose_on_a_case_is_found(
    spoilt: str, table: str, which: str, loosen: str, name: str, told: str
) -> None:
    case = await one(
        f"SELECT i.id, i.number, t.ctid::text FROM incident i JOIN {table} t "
        f"ON t.incident_id = i.id WHERE {which} ORDER BY i.number LIMIT 1"
    )
    await sql(spoilt, f"UPDATE {table} SET {loosen} WHERE ctid = '{case['ctid']}'")
    (found,) = (await audit.audit()).differences
    assert (found.number, found.name) == (case["number"], name)
    assert found.facts.startswith(told)


async def test_facts_in_another_order_are_found(spoilt: str) -> None:
    case = await one()
    fact = f"incident_id = '{case['id']}' AND version = 2"
    await sql(spoilt, UNGUARDED, f"UPDATE fact SET at = '2020-01-01T00:00Z' WHERE {fact}")
    (found,) = (await audit.audit()).differences
    assert (found.number, found.name) == (case["number"], "facts")
    assert found.facts.startswith("2 (")
    assert found.facts.endswith("is earlier than 1")


async def test_a_missing_fact_is_found(spoilt: str) -> None:
    case = await one()
    await sql(
        spoilt,
        UNGUARDED,
        f"DELETE FROM fact WHERE incident_id = '{case['id']}' AND version = {case['version']}",
    )
    verdict = await audit.audit()
    assert not verdict.clean
    names = {found.name for found in verdict.differences}
    assert {"status", "version", "ended_at"} <= names
    assert {found.number for found in verdict.differences} == {case["number"]}
    assert verdict.by_row["closed"] == verdict.by_facts["closed"] + 1


async def test_a_deadline_that_passed_twice_is_found(spoilt: str) -> None:
    again = """
    INSERT INTO fact (incident_id, version, kind, status, actor_id, at, data, changes)
    SELECT i.id, i.version + 1, 'overdue', i.status, f.actor_id, i.updated_at, f.data, '{}'
    FROM fact f JOIN incident i ON i.id = f.incident_id WHERE f.kind = 'overdue' LIMIT 1
    """
    await sql(spoilt, again)
    await sql(
        spoilt,
        "UPDATE incident i SET version = f.version FROM fact f "
        "WHERE f.incident_id = i.id AND f.version = i.version + 1",
    )
    (found,) = (await audit.audit()).differences
    assert "is overdue 2 times" in found.facts


async def test_cases_from_before_the_log_of_changes_are_counted_only(spoilt: str) -> None:
    case = await one()
    await sql(
        spoilt,
        UNGUARDED,
        f"UPDATE fact SET changes = NULL WHERE incident_id = '{case['id']}'",
        f"UPDATE incident SET return_count = 9 WHERE id = '{case['id']}'",
    )
    verdict = await audit.audit()
    assert verdict.clean
    assert verdict.before == 1


async def told_by_the_command() -> tuple[int, str]:
    command = [sys.executable, "-m", "app.cli", "incidents", "audit"]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


async def test_the_command_ends_with_1_and_names_the_case(spoilt: str) -> None:
    code, text = await told_by_the_command()
    assert code == 0, text
    assert "every case's state equals the fold of its facts" in text
    case = await one()
    await sql(spoilt, f"UPDATE incident SET return_count = 7 WHERE id = '{case['id']}'")
    code, text = await told_by_the_command()
    assert code == 1
    assert f"{case['number']} return_count: row 7, facts {case['return_count']}" in text
