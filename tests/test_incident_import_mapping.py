"""Mapping files: what is wrong is named by key; times and ids come out the same every time."""

import gzip
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from app.config import ROOT
from app.incidents.commands import incidents
from app.incidents.importing import errors, mapping, reading, rows
from app.incidents.importing.rejects import Rejects, beside
from app.incidents.importing.times import Clock
from app.incidents.schemas import IncidentReport
from tests.factories import a_report
from tests.test_incident_import import HEADER, a_file, a_mapping, a_row

EXAMPLE = ROOT / "docs" / "examples" / "boston311.toml"
CLASSES = {
    row["code"]: row
    for row in orjson.loads((ROOT / "app/catalog/edition.json").read_bytes())["classes"]
}
NEW_YORK = "America/New_York"
ISO = "%Y-%m-%dT%H:%M:%S"


def wrong_keys(read: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(errors.UnusableMapping) as caught:
        mapping.of(read)
    return {found["pointer"]: found["detail"] for found in caught.value.members["errors"]}


@pytest.mark.parametrize(
    ("changes", "key", "why"),
    [
        ({"name": "Boston 311"}, "name", "match pattern"),
        ({"crs": "epsg4326"}, "crs", "'cgcs2000', 'wgs84', 'gcj02' or 'bd09'"),
        ({"colums": {}}, "colums", "not permitted"),
        ({"long_text": "wrap"}, "long_text", "'reject' or 'cut'"),
        ({"file": {"encoding": "utf-9"}}, "file.encoding", "'utf-9' is not a known text encoding"),
        ({"file": {"encoding": "base64"}}, "file.encoding", "is not a known text encoding"),
        ({"file": {"delimiter": "||"}}, "file.delimiter", "pattern"),
        ({"columns": {"lat": None}}, "columns.lat", "valid string"),
        ({"columns": {"photo": "P"}}, "columns.photo", "not permitted"),
        ({"columns": {"description": "{WHAT"}}, "columns.description", "in pairs"),
        ({"time": {"zone": "Boston"}}, "time.zone", "'Boston' is no IANA zone"),
        ({"time": {"zone": "America"}}, "time.zone", "'America' is no IANA zone"),
        ({"time": {"zone": "../etc/passwd"}}, "time.zone", "is no IANA zone"),
        ({"time": {"formats": ["%Q"]}}, "time.formats.0", "'%Q' is not a strptime format"),
        ({"time": {"formats": ["%H:%M"]}}, "time.formats.0", "holds no year"),
        (
            {"status": {"map": {"Done": "finished"}}},
            "status.map.Done",
            "one of reported, acc",
        ),
        ({"status": {"map": {"Dup": "merged"}}}, "status.map.Dup", "'merged' cannot be imported"),
        ({"status": {"default": "suspended"}}, "status.default", "rejected, voided"),
        ({"source": {"default": "pigeon"}}, "source.default", "'steward', 'hotline'"),
        ({"category": {}}, "mapping", "columns.category, or give category.default"),
        ({"columns": {"status": None}}, "mapping", "columns.status, or give status.default"),
    ],
)
def test_a_wrong_mapping_names_the_key(changes: dict[str, Any], key: str, why: str) -> None:
    found = wrong_keys(a_mapping(**changes))
    assert why in found[key]


def test_all_wrong_keys_are_named_at_once() -> None:
    assert set(wrong_keys({"name": "x"})) == {"crs", "columns", "time"}


def test_a_mapping_that_is_no_toml_says_where(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('name = "x\n')
    with pytest.raises(errors.UnusableMapping, match="line 1"):
        mapping.load(path)
    path.write_bytes("name = '网格'".encode("gb18030"))
    with pytest.raises(errors.UnusableMapping, match="UTF-8"):
        mapping.load(path)


def test_all_missing_columns_are_named_at_once(tmp_path: Path) -> None:
    table = reading.examine(
        a_file(tmp_path, header=["ID", "X", "WHAT", "WHEN"]), mapping.FileFormat()
    )
    with pytest.raises(errors.MissingColumns) as caught:
        rows.Recipe(mapping.of(a_mapping()), table.header, frozenset(CLASSES))
    assert caught.value.members["missing"] == "DONE, HOW, STATE, Y"


def test_mapped_classes_that_the_catalogue_lacks_are_named_at_once() -> None:
    plan = mapping.of(a_mapping(category={"map": {"a": "E0112", "b": "E9999"}, "default": "X1"}))
    with pytest.raises(errors.UnusableMapping) as caught:
        rows.Recipe(plan, HEADER, frozenset(CLASSES))
    keys = [found["pointer"] for found in caught.value.members["errors"]]
    assert keys == ["category.map.b", "category.default"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", errors.NoHeader),
        (b",,\n1,2,3\n", errors.NoHeader),
        (b"ID,X,ID\n", errors.DoubleColumns),
        ("ID\n路面\n".encode("gb18030"), errors.WrongEncoding),
        (b'ID,X\n"1,2\n' + b"3,4\n" * 40_000, errors.BrokenCsv),
    ],
)
def test_an_unusable_file_is_found_before_anything_is_written(
    tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(content)
    with pytest.raises(error):
        reading.examine(path, mapping.FileFormat())


@pytest.mark.parametrize("damage", [lambda whole: whole[:-20], lambda whole: b"ID,X\n1,2\n"])
def test_a_gzip_file_that_is_cut_off_or_none_is_refused(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "cases.csv.gz"
    path.write_bytes(damage(gzip.compress(b"ID,X\n" + b"1,2\n" * 1000)))
    with pytest.raises(errors.BrokenGzip):
        reading.examine(path, mapping.FileFormat())


def test_rejects_are_never_written_over_the_file(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_row())
    with pytest.raises(errors.RejectsOverFile):
        Rejects(path, reading.examine(path, mapping.FileFormat()))
    nowhere = tmp_path / "no" / "rejects.csv"
    with pytest.raises(errors.RejectsNotWritable, match="No such file"):
        Rejects(nowhere, reading.examine(path, mapping.FileFormat())).add(2, [], "why")
    assert beside(tmp_path / "a.b.csv.gz") == tmp_path / "a.b.rejects.csv"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (None, "No such file"),
        ('crs = "wgs84"', "columns: Field required"),
        (EXAMPLE.read_text(), "doesn't have: CASE_ENQUIRY_ID, CASE_STATUS, CLOSED_DT"),
    ],
)
def test_the_command_ends_with_1_when_mapping_or_file_are_unusable(
    tmp_path: Path, toml: str | None, said: str, database: str
) -> None:
    path, plan = a_file(tmp_path, a_row()), tmp_path / "m.toml"
    if toml is not None:
        plan.write_text(toml)
    done = CliRunner().invoke(incidents, ["import", str(path), "--mapping", str(plan)])
    assert done.exit_code == 1
    assert said in " ".join(done.output.split())


def test_the_limits_of_long_texts_are_those_of_a_report() -> None:
    for field in ("description", "address"):
        longest = rows.LONGEST[field]
        IncidentReport.model_validate(a_report(**{field: "x" * longest}))
        with pytest.raises(ValidationError):
            IncidentReport.model_validate(a_report(**{field: "x" * (longest + 1)}))


def test_the_shipped_example_uses_classes_by_their_right_names() -> None:
    plan = mapping.load(EXAMPLE)
    assert len(plan.category.map) == 20
    assert set(plan.category.map.values()) <= set(CLASSES)
    for line in EXAMPLE.read_text().splitlines():
        word, _, rest = line.partition(" = ")
        code, _, comment = rest.partition(" # ")
        name = CLASSES.get(code.strip(' "'), {}).get("name", "")
        assert not name or name in comment or "no traffic signals" in comment, word
    assert tomllib.loads(EXAMPLE.read_text())["time"]["zone"] == NEW_YORK


def read(text: str, zone: str = NEW_YORK, *formats: str) -> tuple[str, str | None]:
    moment, oddity = Clock(formats, ZoneInfo(zone)).read(text)
    return f"{moment:%m-%d %H:%M}", oddity


def test_a_time_that_the_clocks_skipped_is_an_hour_later() -> None:
    assert read("2015-03-08T01:59:00") == ("03-08 06:59", None)
    assert read("2015-03-08T02:30:00") == ("03-08 07:30", "skipped")
    assert read("2015-03-08T03:00:00") == ("03-08 07:00", None)


def test_a_time_that_came_twice_is_the_first_of_the_two() -> None:
    assert read("2015-11-01T00:59:00") == ("11-01 04:59", None)
    assert read("2015-11-01T01:30:00") == ("11-01 05:30", "twice")
    assert read("2015-11-01T02:00:00") == ("11-01 07:00", None)


def test_a_time_that_names_its_offset_needs_no_zone() -> None:
    assert read("2015-11-01T01:30:00-05:00") == ("11-01 06:30", None)
    assert read("01.11.2015 01:30 +0800", NEW_YORK, "%d.%m.%Y %H:%M %z") == ("10-31 17:30", None)


def test_the_first_format_that_fits_is_taken() -> None:
    formats = ("%Y-%m-%d %H:%M", "%Y-%m-%d", "%d/%m/%Y")
    assert read("2015-07-01", "Asia/Shanghai", *formats) == ("06-30 16:00", None)
    assert read("01/07/2015", "Asia/Shanghai", *formats) == ("06-30 16:00", None)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "", "2015", "٢٠١٥"])
def test_times_that_nobody_can_mean_are_refused(text: str) -> None:
    for zone in (NEW_YORK, "Asia/Shanghai"):
        with pytest.raises(ValueError, match=r"year must lie|not a time|future"):
            read(text, zone)


ZONES = st.sampled_from([NEW_YORK, "Asia/Shanghai", "Europe/Dublin", "Australia/Lord_Howe"])
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2025, 12, 31))  # noqa: DTZ001
LAYOUTS = st.sampled_from([(), (ISO,), ("%m/%d/%Y %I:%M:%S %p",), ("%d.%m.%y", "%Y%m%d%H%M%S")])


@given(MOMENTS, ZONES, LAYOUTS)
def test_what_a_local_clock_showed_is_read_back(
    moment: datetime, zone: str, layouts: tuple[str, ...]
) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    local = moment.astimezone(ZoneInfo(zone))
    text = local.strftime(layouts[-1] if layouts else ISO)
    found, oddity = Clock(layouts, ZoneInfo(zone)).read(text)
    assert oddity != "skipped"
    if oddity is None:
        assert found == moment
    else:
        assert timedelta() <= moment - found <= timedelta(hours=2)


@given(MOMENTS, ZONES)
def test_no_local_time_at_all_is_too_much(local: datetime, zone: str) -> None:
    found, _ = Clock((ISO,), ZoneInfo(zone)).read(local.strftime(ISO))
    assert abs(found.replace(tzinfo=None) - local) < timedelta(days=1)


NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(st.tuples(NAMES, IDS), st.tuples(NAMES, IDS))
def test_an_id_depends_on_source_and_number_and_nothing_else(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert (rows.case_id(*one) == rows.case_id(*other)) == (one == other)


def test_ids_never_change_from_version_to_version() -> None:
    assert str(rows.case_id("boston311", "101001240735")) == "60b173f7-ca5d-5678-ba68-4487f0ab9d92"
