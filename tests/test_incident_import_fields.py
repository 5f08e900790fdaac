"""Files as the world writes them: any columns, encodings, coordinates, words."""

import gzip
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from app.coordinates import Crs, wgs84_to_gcj02
from tests.factories import SOUTH, STEP, WEST, a_cell
from tests.test_incident_import import HEADER, a_file, a_row, bring, case, facts


async def test_places_are_converted_from_the_system_that_the_mapping_names(
    session: AsyncSession, tmp_path: Path
) -> None:
    await a_cell(session)
    lon, lat = wgs84_to_gcj02(WEST + STEP / 2, SOUTH + STEP / 2)
    await bring(a_file(tmp_path, a_row(X=lon, Y=lat)), crs="gcj02")
    found = await case(session)
    assert found.cell_code is not None
    assert (found.raw_lon, found.raw_lat, found.raw_crs) == (lon, lat, Crs.GCJ02)


async def test_semicolons_decimal_commas_and_chinese_encodings_are_read(
    session: AsyncSession, tmp_path: Path
) -> None:
    row = a_row(X="109,0005", Y="34,0005", WHAT="路灯不亮")
    path = tmp_path / "cases.csv"
    text = "\r\n".join(";".join(line) for line in (HEADER, row, a_row(2, WHEN="昨天")))
    path.write_bytes(text.encode("gb18030"))
    form = {"encoding": "gb18030", "delimiter": ";", "decimal": ","}
    summary, rejects = await bring(path, file=form)
    found = await case(session)
    assert (found.description, found.raw_lon) == ("路灯不亮", 109.0005)
    assert (summary.rejected, rejects[0]["WHEN"]) == (1, "昨天")


async def test_gzip_marks_line_breaks_and_empty_lines_are_read(
    session: AsyncSession, tmp_path: Path
) -> None:
    plain = a_file(tmp_path, a_row(1, WHAT="two\nlines"), [], a_row(2, WHEN="never"))
    path = tmp_path / "cases.csv.gz"
    path.write_bytes(gzip.compress("\ufeff".encode() + plain.read_bytes()))
    summary, rejects = await bring(path)
    assert (summary.rows, summary.created, rejects[0]["row"]) == (2, 1, "4")
    assert (await case(session)).description == "two\nlines"


async def test_fields_are_put_together_from_several_columns(
    session: AsyncSession, tmp_path: Path
) -> None:
    header = ["ID", "YEAR", "X", "Y", "DAY", "TIME", "STREET", "NO"]
    lines = [
        ["7", "15", "109.0", "34.0", "2015-03-01", "08:00", "东风路", "3"],
        ["8", "15", "109.0", "34.0", "2015-03-01", "08:00", "", ""],
    ]
    columns = {
        "id": "{YEAR}-{ID}",
        "description": "路面破损（{STREET}）",
        "reported_at": "{DAY} {TIME}",
        "address": "{STREET} {NO}号",
        "status": None,
        "closed_at": None,
        "outcome": None,
    }
    summary, rejects = await bring(
        a_file(tmp_path, *lines, header=header), columns=columns, status={"default": "closed"}
    )
    found = await case(session, "15-7")
    assert (found.address, found.description) == ("东风路 3号", "路面破损（东风路）")
    assert found.status == "closed"
    assert (summary.created, rejects[0]["reason"]) == (1, "description (STREET) is empty")


async def test_classes_sources_and_states_are_mapped_or_taken_by_default(
    session: AsyncSession, tmp_path: Path
) -> None:
    sections = {
        "columns": {"category": "WHAT", "source": "HOW"},
        "category": {"map": {"灯": "C0137"}, "default": "E0595"},
        "source": {"map": {"电话": "hotline"}, "default": "other"},
        "status": {"map": {"new": "reported"}, "default": "voided"},
    }
    await bring(a_file(tmp_path, a_row(1, WHAT="灯", HOW="电话"), a_row(2, STATE="?")), **sections)
    one, two = await case(session, "A1"), await case(session, "A2")
    assert (one.category_code, one.source, one.status) == ("C0137", "hotline", "voided")
    assert (two.category_code, two.source, two.status) == ("E0595", "other", "voided")


async def test_a_file_that_uses_our_own_words_needs_no_map(
    session: AsyncSession, tmp_path: Path
) -> None:
    sections = {"columns": {"category": "WHAT", "source": "HOW"}, "category": {}, "status": {}}
    good = a_row(1, WHAT="C0137", HOW="hotline", STATE="rejected")
    bad = a_row(2, WHAT="C9999", HOW="pigeon", STATE="done")
    unready = a_row(3, WHAT="C0137", HOW="hotline", STATE="suspended")
    _, rejects = await bring(a_file(tmp_path, good, bad, unready), source={}, **sections)
    found = await case(session)
    assert (found.category_code, found.source, found.status) == ("C0137", "hotline", "rejected")
    for part in ("'C9999' is none of our codes", "'pigeon' is none", "'done' is none"):
        assert part in rejects[0]["reason"]
    assert "'suspended' is none of our codes" in rejects[1]["reason"]


async def test_long_texts_are_cut_only_if_the_mapping_says_so(
    session: AsyncSession, tmp_path: Path
) -> None:
    summary, _ = await bring(
        a_file(tmp_path, a_row(WHAT="长" * 2001, HOW="y" * 10_001)), long_text="cut"
    )
    found = await case(session)
    assert (len(found.description), found.description[-2:]) == (2000, "长…")
    assert len((await facts(session))[1].data["outcome"]) == 10_000
    assert sum("was cut" in note for note in summary.notes) == 2
