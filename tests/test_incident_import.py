"""Historic cases come in through intake: once each, with their end; refusals have a reason."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents.importing import importer, mapping, reading, reporter, rows, writing
from app.incidents.importing.errors import UnknownReporter
from app.incidents.importing.rejects import beside
from app.incidents.models import Fact, Incident
from app.people.models import Account
from app.problems import Forbidden
from tests.clients import Client
from tests.factories import WEST, a_cell, a_post, a_unit, an_account, middle

HEADER = ["ID", "X", "Y", "WHAT", "WHEN", "STATE", "DONE", "HOW"]


class Outcome(NamedTuple):
    summary: importer.Summary
    rejects: list[dict[str, str]]


def a_mapping(**changes: Any) -> dict[str, Any]:
    """A mapping of the small files below; a changed section replaces keys of it."""
    base: dict[str, Any] = {
        "name": "small",
        "crs": "cgcs2000",
        "columns": {
            "id": "ID",
            "lon": "X",
            "lat": "Y",
            "description": "WHAT",
            "reported_at": "WHEN",
            "status": "STATE",
            "closed_at": "DONE",
            "outcome": "HOW",
        },
        "time": {"zone": "Asia/Shanghai", "formats": ["%Y-%m-%d %H:%M"]},
        "category": {"default": "E0112"},
        "status": {"map": {"new": "reported", "done": "closed"}},
    }
    for key, value in changes.items():
        merge = isinstance(value, dict) and key in ("columns", "time")
        base[key] = base[key] | value if merge else value
    return base


def a_row(number: int = 1, **changes: Any) -> list[str]:
    """A closed case in the middle of the first square."""
    place = middle(0, 0)
    values = {
        "ID": f"A{number}",
        "X": place["lon"],
        "Y": place["lat"],
        "WHAT": "路面破损",
        "WHEN": "2015-03-01 08:00",
        "STATE": "done",
        "DONE": "2015-03-02 09:30",
        "HOW": "已修复",
        **changes,
    }
    return [str(values[name]) for name in HEADER]


def a_file(folder: Path, *lines: list[str], header: list[str] = HEADER) -> Path:
    path = folder / "cases.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *lines])
    return path


async def bring(path: Path, dry_run: bool = False, username: Any = None, **changes: Any) -> Outcome:
    """Import a file with the small mapping; its rejects as dictionaries."""
    plan = mapping.of(a_mapping(**changes))
    table = reading.examine(path, plan.file)
    rejects = beside(path)
    rejects.unlink(missing_ok=True)
    options = importer.Options(rejects, username, dry_run)
    summary = await importer.import_table(table, plan, options)
    if not rejects.exists():
        return Outcome(summary, [])
    with rejects.open(newline="", encoding=plan.file.encoding) as file:
        return Outcome(summary, list(csv.DictReader(file, delimiter=plan.file.delimiter)))


async def case(session: AsyncSession, external_id: str = "A1") -> Incident:
    found = await session.get(Incident, rows.case_id("small", external_id), populate_existing=True)
    assert found is not None
    return found


async def facts(session: AsyncSession, external_id: str = "A1") -> list[Fact]:
    wanted = rows.case_id("small", external_id)
    chosen = select(Fact).where(Fact.incident_id == wanted).order_by(Fact.version)
    return list((await session.scalars(chosen)).all())


async def count(session: AsyncSession, table: Any) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_closed_case_keeps_its_times_and_tells_two_facts(
    session: AsyncSession, tmp_path: Path
) -> None:
    cell = await a_cell(session)
    summary, rejects = await bring(a_file(tmp_path, a_row()))
    assert (summary.rows, summary.created, rejects) == (1, 1, [])
    found = await case(session)
    reported, closed = (
        datetime(2015, 3, 1, 0, 0, tzinfo=UTC),
        datetime(2015, 3, 2, 1, 30, tzinfo=UTC),
    )
    assert (found.status, found.version, found.cell_code) == ("closed", 2, cell.code)
    assert (found.reported_at, found.ended_at, found.updated_at) == (reported, closed, closed)
    first, second = await facts(session)
    assert (first.kind, first.status, first.at) == ("report", "reported", reported)
    assert (second.kind, second.status, second.at) == ("import", "closed", closed)
    assert second.data == {
        "import": "small",
        "external_id": "A1",
        "status_text": "done",
        "closed_at": "2015-03-02T01:30:00+00:00",
        "outcome": "已修复",
    }


async def test_an_open_case_is_reported_and_waits_for_its_acceptance(
    session: AsyncSession, tmp_path: Path
) -> None:
    await bring(a_file(tmp_path, a_row(STATE="new", DONE="")))
    found = await case(session)
    assert (found.status, found.version, found.ended_at) == ("reported", 1, None)
    assert [fact.kind for fact in await facts(session)] == ["report"]


async def test_an_ended_case_without_an_end_ended_when_it_was_reported(
    session: AsyncSession, tmp_path: Path
) -> None:
    await bring(a_file(tmp_path, a_row(DONE="")))
    found = await case(session)
    assert found.ended_at == found.reported_at


async def test_a_case_closed_before_its_report_is_noted_and_ends_with_it(
    session: AsyncSession, tmp_path: Path
) -> None:
    summary, _ = await bring(a_file(tmp_path, a_row(DONE="2015-02-28 08:00")))
    found = await case(session)
    assert found.ended_at == found.reported_at
    assert (await facts(session))[1].data["closed_at"] == "2015-02-28T00:00:00+00:00"
    assert [note for note in summary.notes if "closed before" in note]


async def test_a_case_in_work_is_with_the_unit_that_is_responsible(
    session: AsyncSession, tmp_path: Path
) -> None:
    await a_cell(session)
    unit = await a_unit(session)
    await a_post(session, unit)
    await bring(a_file(tmp_path, a_row(STATE="at work")), status={"map": {"at work": "handling"}})
    found = await case(session)
    assert (found.status, found.unit_id, found.ended_at) == ("handling", unit.id, None)


async def test_a_case_in_work_that_nobody_is_responsible_for_waits_for_dispatch(
    session: AsyncSession, tmp_path: Path
) -> None:
    summary, _ = await bring(
        a_file(tmp_path, a_row(STATE="at work")), status={"map": {"at work": "handling"}}
    )
    found = await case(session)
    assert (found.status, found.unit_id) == ("filed", None)
    assert [fact.status for fact in await facts(session)] == ["reported", "filed"]
    assert summary.notes.total() == 1


async def test_the_history_of_an_imported_case_is_read_like_any_other(
    client: Client, session: AsyncSession, tmp_path: Path
) -> None:
    await bring(a_file(tmp_path, a_row()))
    observer = await an_account(session, "observer")
    path = f"/api/v1/incidents/{rows.case_id('small', 'A1')}"
    shown = (await client.as_(observer).get(path)).json()
    assert (shown["status"], shown["source"], shown["cell"]) == ("closed", "import", None)
    log = (await client.as_(observer).get(f"{path}/facts")).json()
    assert [fact["kind"] for fact in log["items"]] == ["report", "import"]


async def test_the_second_run_adds_nothing(session: AsyncSession, tmp_path: Path) -> None:
    path = a_file(tmp_path, a_row(1), a_row(2, WHEN="never"), a_row(3))
    first, second = await bring(path), await bring(path)
    assert (first.summary.created, first.summary.rejected) == (2, 1)
    assert (second.summary.created, second.summary.present, second.summary.rejected) == (0, 2, 1)
    assert first.rejects == second.rejects
    assert first.summary.outside == second.summary.outside == 2
    assert (await count(session, Incident), await count(session, Fact)) == (2, 4)


async def test_a_stopped_import_goes_on_where_it_stopped(
    session: AsyncSession, tmp_path: Path
) -> None:
    path = a_file(tmp_path, *(a_row(number) for number in range(1, 1202)))
    plan = mapping.of(a_mapping())
    table, options = reading.examine(path, plan.file), importer.Options(beside(path))

    def stop(rows_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await importer.import_table(table, plan, options, stop)
    assert (await count(session, Incident), await count(session, Fact)) == (500, 1000)
    told: list[int] = []
    summary = await importer.import_table(table, plan, options, told.append)
    assert (summary.present, summary.created, told) == (500, 701, [500, 500, 201])
    assert (await count(session, Incident), await count(session, Fact)) == (1201, 2402)


async def test_of_two_imports_at_once_one_writes_each_case(
    session: AsyncSession, tmp_path: Path
) -> None:
    plan = mapping.of(a_mapping())
    table = reading.examine(a_file(tmp_path, a_row()), plan.file)
    recipe = rows.Recipe(plan, table.header, frozenset({"E0112"}))
    read = [recipe.case(n, fields, recipe.id_of(fields)) for n, fields in reading.rows(table)]
    actor = await reporter.actor(session, None)
    quick, slow = await writing.write(actor, read), await writing.write(actor, read)
    assert (quick.created, slow.created, slow.refused) == (1, 0, [])
    someone = await an_account(session, "steward")
    late = await writing.write(await reporter.actor(session, someone.username), read)
    assert (late.created, late.refused) == (0, [])
    assert await count(session, Fact) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ID": " "}, "id (ID) is empty"),
        ({"X": ""}, "lon (X) is empty"),
        ({"X": "east"}, "lon (X) east: Input should be a valid number"),
        ({"X": "nan"}, "lon (X) nan: Input should be"),
        ({"X": "34.0", "Y": "109.0"}, "lat (Y) 109.0: a latitude lies between -90 and 90"),
        ({"WHAT": "  "}, "description (WHAT) is empty"),
        ({"WHAT": "x" * 2001}, "description (WHAT) xxx"),
        ({"WHEN": ""}, "reported_at (WHEN) is empty"),
        ({"WHEN": "01/03/2015"}, "reported_at (WHEN) '01/03/2015' is not a time in the format"),
        ({"WHEN": "1815-03-01 08:00"}, "the year must lie between 1900 and 9000"),
        ({"WHEN": "2815-03-01 08:00"}, "lies in the future"),
        ({"DONE": "soon"}, "closed_at (DONE) 'soon' is not a time in the format"),
        ({"STATE": "lost"}, "status (STATE) 'lost' is not in the mapping"),
        ({"STATE": ""}, "status (STATE) is empty"),
        ({"HOW": "a\x00b"}, "outcome (HOW) holds the character U+0000"),
        ({"WHAT": "a\x00b"}, "must not contain the character U+0000"),
    ],
)
async def test_a_bad_row_is_rejected_with_its_reason(
    session: AsyncSession, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    summary, rejects = await bring(a_file(tmp_path, a_row(1), a_row(2, **changes), a_row(3)))
    assert (summary.created, summary.rejected) == (2, 1)
    assert reason in rejects[0]["reason"]
    assert rejects[0]["row"] == "3"


async def test_all_reasons_of_a_row_are_told_at_once(session: AsyncSession, tmp_path: Path) -> None:
    row = a_row(1, X="", WHEN="then", STATE="lost", WHAT="x" * 2001)
    _, rejects = await bring(a_file(tmp_path, row))
    for part in ("lon (X)", "reported_at (WHEN)", "status (STATE)", "description (WHAT)"):
        assert part in rejects[0]["reason"]


async def test_rows_with_too_few_or_too_many_fields_are_rejected_and_kept_whole(
    session: AsyncSession, tmp_path: Path
) -> None:
    path = a_file(tmp_path, a_row(1)[:3], [*a_row(2), "more"], a_row(3))
    summary, rejects = await bring(path)
    assert (summary.created, summary.rejected) == (1, 2)
    assert rejects[0]["reason"] == "has 3 fields, the header has 8"
    assert "more" in beside(path).read_text(encoding="utf-8-sig")


async def test_an_id_that_comes_twice_is_rejected_with_the_row_that_had_it_first(
    session: AsyncSession, tmp_path: Path
) -> None:
    path = a_file(tmp_path, a_row(1), a_row(2), a_row(1, WHAT="another"))
    for _ in range(2):
        summary, rejects = await bring(path)
        assert (summary.rejected, rejects[0]["reason"]) == (1, "id (ID) is that of row 2")
    assert await count(session, Incident) == 2


async def test_mended_rejects_are_imported_with_the_same_mapping(
    session: AsyncSession, tmp_path: Path
) -> None:
    path = a_file(tmp_path, a_row(1), a_row(2, WHEN="never"))
    await bring(path)
    rejects = beside(path)
    mended = rejects.read_text(encoding="utf-8-sig").replace("never", "2015-03-01 08:00")
    rejects.write_text(mended, encoding="utf-8")
    summary, _ = await bring(rejects.rename(tmp_path / "mended.csv"))
    assert (summary.created, summary.rejected) == (1, 0)
    assert (await bring(path)).summary.present == 2


async def test_rejects_of_rejects_keep_the_old_reason_beside_the_new(
    session: AsyncSession, tmp_path: Path
) -> None:
    path = a_file(tmp_path, a_row(1, WHEN="never"))
    await bring(path)
    _, rejects = await bring(beside(path).rename(tmp_path / "again.csv"))
    assert (rejects[0]["row"], rejects[0]["import_row"]) == ("2", "2")


async def test_without_rejects_there_is_no_rejects_file(
    session: AsyncSession, tmp_path: Path
) -> None:
    path = a_file(tmp_path, a_row())
    await bring(path)
    assert not beside(path).exists()


async def test_a_dry_run_counts_and_leaves_the_database_alone(
    session: AsyncSession, tmp_path: Path
) -> None:
    await a_cell(session)
    path = a_file(tmp_path, a_row(1), a_row(2, X=WEST + 5), a_row(3, STATE="lost"))
    accounts = await count(session, Account)
    summary, rejects = await bring(path, dry_run=True)
    assert (summary.created, summary.outside, summary.rejected) == (2, 1, 1)
    assert len(rejects) == 1
    assert await count(session, Incident) == await count(session, Fact) == 0
    assert await count(session, Account) == accounts
    await bring(path)
    summary, _ = await bring(path, dry_run=True)
    assert (summary.created, summary.present, summary.outside) == (0, 2, 1)


async def test_whoever_is_named_reports_and_else_the_system(
    session: AsyncSession, tmp_path: Path
) -> None:
    clerk = await an_account(session, "acceptor", username="clerk")
    await bring(a_file(tmp_path, a_row(1)), username="clerk")
    await bring(a_file(tmp_path, a_row(2)))
    system = (await session.scalars(select(Account).where(Account.username == "system"))).one()
    assert (await case(session, "A1")).reporter_id == clerk.id
    assert (await case(session, "A2")).reporter_id == system.id
    assert {fact.actor_id for fact in await facts(session, "A2")} == {system.id}


async def test_who_is_unknown_or_may_not_report_imports_nothing(
    session: AsyncSession, tmp_path: Path
) -> None:
    await an_account(session, "observer", username="guest")
    path = a_file(tmp_path, a_row())
    with pytest.raises(UnknownReporter):
        await bring(path, username="nobody")
    for dry_run in (False, True):
        with pytest.raises(Forbidden):
            await bring(path, username="guest", dry_run=dry_run)
    assert await count(session, Incident) == 0


async def test_a_batch_takes_three_statements(
    session: AsyncSession, tmp_path: Path, statements: list[str]
) -> None:
    path = a_file(tmp_path, *(a_row(number) for number in range(1, 401)))
    await reporter.actor(session, None)
    statements.clear()
    await bring(path)
    kinds = Counter(text.split()[0] for text in statements)
    assert len(statements) <= 6, kinds  # classes, the account (2), present, intake, finish
