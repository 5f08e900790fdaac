"""Imports over HTTP: who may, what is refused at once, what is kept."""

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.grids import files, service
from app.grids.jobs import run_import
from app.grids.models import Cell, GridImport
from app.grids.schemas import ImportOptions
from tests.clients import Client, problem
from tests.factories import an_account
from tests.grids.drawing import board, collection, feature, imported, send, square


def archive(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writing:
        for name, content in members.items():
            writing.writestr(name.replace("_", "."), content)
    return packed.getvalue()


async def test_an_upload_is_queued_and_the_worker_imports_it(
    admin: Client, session: AsyncSession
) -> None:
    answer = await send(admin, collection(*board(2, 1)))
    assert answer.status_code == 202
    queued = answer.json()
    assert (queued["status"], queued["progress"], queued["finished_at"]) == ("queued", 0, None)
    assert answer.headers["location"] == f"/api/v1/grids/imports/{queued['id']}"
    jobs = await session.scalars(
        select(GridImport.id).where(GridImport.status == "queued", GridImport.content.is_not(None))
    )
    assert len(jobs.all()) == 1
    await run_import(import_id=queued["id"])
    told = (await admin.get(answer.headers["location"])).json()
    assert (told["status"], told["progress"]) == ("done", 1)
    assert told["finished_at"] is not None
    kept = await session.scalar(select(GridImport.content).where(GridImport.content.is_not(None)))
    assert kept is None


async def test_a_job_that_comes_twice_imports_once(admin: Client, session: AsyncSession) -> None:
    told = await imported(admin, collection(*board(2, 1)))
    await run_import(import_id=told["id"])
    again = (await admin.get(f"/api/v1/grids/imports/{told['id']}")).json()
    assert again == told
    assert len((await session.scalars(select(Cell))).all()) == 2


async def test_imports_are_listed_newest_first_without_their_reports(admin: Client) -> None:
    for name in ("one.geojson", "two.geojson", "three.geojson"):
        await imported(admin, collection(*board(1, 1)), name)
    first = (await admin.get("/api/v1/grids/imports?limit=2")).json()
    assert [one["file_name"] for one in first["items"]] == ["three.geojson", "two.geojson"]
    assert "report" not in first["items"][0]
    rest = (await admin.get(f"/api/v1/grids/imports?after={first['next']}")).json()
    assert [one["file_name"] for one in rest["items"]] == ["one.geojson"]
    assert rest["next"] is None


async def test_a_file_that_turns_out_unreadable_keeps_the_reason_in_both_languages(
    admin: Client,
) -> None:
    told = await imported(admin, collection(feature("a", [(500, 1), (501, 1), (501, 2), (500, 1)])))
    assert told["status"] == "failed"
    assert "坐标" in told["report"]["failure"]["zh"]
    assert "coordinate" in told["report"]["failure"]["en"]


BAD: list[tuple[str, bytes, dict[str, Any], int, str]] = [
    ("a.txt", b"some words", {}, 415, "unsupported-file"),
    ("a.geojson", b"", {}, 415, "unsupported-file"),
    ("a.vrt", b"<OGRVRTDataSource></OGRVRTDataSource>", {}, 415, "unsupported-file"),
    ("a.geojson", b"<OGRVRTDataSource></OGRVRTDataSource>", {}, 415, "unsupported-file"),
    ("a.geojson", b'{"type": "Feat', {}, 422, "unreadable-file"),
    ("a.geojson", b'{"hello": "world"}', {}, 422, "unreadable-file"),
    ("a.geojson", collection(), {}, 422, "unreadable-file"),
    ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 200, {}, 422, "unreadable-file"),
    ("a.zip", b"PK\x03\x04 and no more", {}, 422, "unreadable-file"),
    ("a.zip", archive(readme_txt=b"x"), {}, 422, "unreadable-file"),
    ("a.zip", archive(a_shp=b"x", b_shp=b"x"), {}, 422, "unreadable-file"),
    ("a.zip", archive(a_shp=b"\x00\x00\x27\x0a"), {}, 422, "unreadable-file"),
    ("a.zip", archive(a_shp=b"<OGRVRT", a_shx=b"", a_dbf=b""), {}, 415, "unsupported-file"),
    ("a.zip", archive(a_shp=b"\0\0\x27\n", a_shx=b"", a_dbf=b""), {}, 422, "unreadable-file"),
    ("a.shp", b"\x00\x00\x27\x0a" + b"\x00" * 96, {}, 422, "unreadable-file"),
    ("a.geojson", collection(*board(1, 1)), {"code_field": "DM"}, 422, "unknown-field"),
    ("a.geojson", collection(*board(1, 1)), {"name_field": "MC"}, 422, "unknown-field"),
    ("a.geojson", collection(*board(1, 1)), {"parent_field": "UP"}, 422, "unknown-field"),
    ("a.geojson", collection(*board(1, 1)), {"layer": "x"}, 422, "unknown-layer"),
    ("a.geojson", collection(*board(1, 1)), {"crs": "EPSG:999999"}, 422, "wrong-crs"),
    ("a.geojson", collection(*board(1, 1)), {"crs": "mars"}, 422, "invalid-request"),
    ("a.geojson", collection(*board(1, 1)), {"level": "planet"}, 422, "invalid-request"),
    ("a.geojson", collection(*board(1, 1)), {"levle": "cell"}, 422, "invalid-request"),
]


@pytest.mark.parametrize(("name", "content", "fields", "status", "slug"), BAD)
async def test_a_bad_upload_is_a_clear_problem_at_once(
    admin: Client, name: str, content: bytes, fields: dict[str, Any], status: int, slug: str
) -> None:
    problem(await send(admin, content, name, **fields), status, slug)
    assert (await admin.get("/api/v1/grids/imports")).json()["items"] == []


async def test_an_unknown_field_lists_the_fields_that_there_are(admin: Client) -> None:
    answer = await send(admin, collection(*board(1, 1)), code_field="DM")
    found = problem(answer, 422, "unknown-field")
    assert (found["field"], found["fields"]) == ("DM", ["code", "name"])


async def test_an_upload_without_a_file_or_a_level_is_a_clear_problem(admin: Client) -> None:
    path = "/api/v1/grids/imports"
    missing = problem(await admin.post(path, data={"level": "cell"}), 422, "invalid-request")
    assert missing["errors"][0]["pointer"] == "/file"
    content = collection(*board(1, 1))
    answer = await admin.post(path, files={"file": ("a.geojson", content)})
    assert problem(answer, 422, "invalid-request")["errors"][0]["pointer"] == "/level"
    answer = await admin.post(path, json={"level": "cell"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_archive_that_unpacks_to_too_much_is_refused(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "UNPACKED_FACTOR", 1e-7)
    content = archive(a_shp=b"x", a_shx=b"x", a_dbf=b"x" * 10)
    found = problem(await send(admin, content, "a.zip"), 422, "unreadable-file")
    assert "unpacked" in found["detail"]


@pytest.mark.parametrize("role", ["steward", "acceptor", "supervisor", "dispatcher", "observer"])
async def test_only_administrators_import(client: Client, session: AsyncSession, role: str) -> None:
    somebody = client.as_(await an_account(session, role))
    problem(await send(somebody, collection(*board(1, 1))), 403, "forbidden")
    problem(await somebody.get("/api/v1/grids/imports"), 403, "forbidden")
    problem(await somebody.post("/api/v1/grids/reassignments"), 403, "forbidden")
    assert (await somebody.get("/api/v1/cells")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/grids/imports",
        "/grids/imports/0190f3c0-0000-7000-8000-000000000000",
        "/cells",
        "/cells/at?lon=109&lat=34&crs=wgs84",
        "/cells/a",
        "/cells/a/versions",
        "/areas",
        "/areas/a",
    ],
)
async def test_nobody_unknown_reads_grids(client: Client, path: str) -> None:
    problem(await client.get(f"/api/v1{path}"), 401, "unauthenticated")


async def test_nobody_unknown_imports(client: Client) -> None:
    problem(await send(client, collection(*board(1, 1))), 401, "unauthenticated")


async def test_an_unknown_import_is_not_found(admin: Client) -> None:
    path = "/api/v1/grids/imports/0190f3c0-0000-7000-8000-000000000000"
    problem(await admin.get(path), 404, "not-found")


async def test_a_bug_in_the_middle_keeps_the_file_for_another_try(
    admin: Client, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await send(admin, collection(*board(2, 1)))
    queued = answer.json()["id"]
    with monkeypatch.context() as broken:
        broken.setattr(service.standing, "around", None)
        with pytest.raises(TypeError):
            await run_import(import_id=queued)
    assert (await admin.get(answer.headers["location"])).json()["status"] == "failed"
    await run_import(import_id=queued)
    assert (await admin.get(answer.headers["location"])).json()["status"] == "done"


async def test_progress_comes_in_order_and_ends_at_one(
    session: AsyncSession, tmp_path: Any
) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(collection(*board(5, 5), feature("x", square(9, 9))))
    told: list[tuple[str, float]] = []
    options = ImportOptions(level="cell", code_scheme="free")  # type: ignore[arg-type]
    result = await service.import_file(path, options, progress=lambda *one: told.append(one))
    assert result.status == "done"
    parts = [part for _, part in told]
    assert parts == sorted(parts)
    assert parts[-1] == 1
    assert {label for label, _ in told} == {"reading", "analysing", "writing"}
