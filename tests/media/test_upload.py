"""Evidence comes in: what is taken, what is refused and how that is said, retries."""

import hashlib
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.incidents.models import Fact
from app.media.models import Media
from app.people.models import Account
from tests.clients import Client, problem
from tests.factories import a_report, a_unit, an_account
from tests.media.pictures import AMR, MP4, PDF, a_photo, a_scene, packed
from tests.media.uploading import fetch, one, stored, upload


async def facts(client: Client, case: str) -> list[dict[str, Any]]:
    listed = (await client.get(f"/api/v1/incidents/{case}/facts")).json()["items"]
    return [fact for fact in listed if fact["kind"] == "add_evidence"]


async def test_a_photo_is_kept_told_and_a_fact(
    client: Client, dispatcher: Account, case: str
) -> None:
    speaker, photo = client.as_(dispatcher), a_photo()
    item = await one(speaker, case, ("路边.jpg", photo), stage="before")
    assert (item["stage"], item["kind"], item["content_type"]) == ("before", "photo", "image/jpeg")
    assert (item["width"], item["height"], item["size_bytes"]) == (800, 600, len(photo))
    assert (item["sha256"], item["file_name"]) == (hashlib.sha256(photo).hexdigest(), "路边.jpg")
    assert (item["flags"], item["twin"], item["state"]) == ([], None, "pending")
    assert item["uploader"] == {"id": str(dispatcher.id), "name": dispatcher.name}
    listed = await speaker.get(f"/api/v1/incidents/{case}/media")
    assert listed.json() == {"items": [item]}
    (fact,) = await facts(speaker, case)
    assert fact["data"] == {
        "media": item["id"],
        **{name: item[name] for name in ("stage", "sha256", "taken_at", "metres", "flags")},
    }
    assert (fact["status"], fact["version"]) == ("reported", 2)


@pytest.mark.parametrize(
    ("file", "kind", "content_type"),
    [
        (packed(a_scene(), "PNG"), "photo", "image/png"),
        (packed(a_scene(), "WEBP"), "photo", "image/webp"),
        (packed(a_scene(), "HEIF"), "photo", "image/heic"),
        (packed(a_scene(), "HEIF").replace(b"ftypheic", b"ftypheix"), "photo", "image/heic"),
        (packed(a_scene().convert("CMYK"), "JPEG"), "photo", "image/jpeg"),
        (packed(a_scene().convert("I;16"), "PNG"), "photo", "image/png"),
        (MP4, "video", "video/mp4"),
        (
            MP4.replace(b"mp42isom", b"qt  qt  ").replace(b"mp42", b"qt  "),
            "video",
            "video/quicktime",
        ),
        (MP4.replace(b"mp42", b"3gp4"), "video", "video/3gpp"),
        (MP4.replace(b"mp42isom", b"iso5iso6").replace(b"mp42", b"iso5"), "video", "video/mp4"),
        (MP4.replace(b"mp42", b"M4A "), "audio", "audio/mp4"),
        (b"ID3\x04" + bytes(100), "audio", "audio/mpeg"),
        (AMR, "audio", "audio/amr"),
        (PDF, "document", "application/pdf"),
    ],
)
async def test_a_file_is_what_it_holds_not_what_it_is_called(
    client: Client, dispatcher: Account, case: str, file: bytes, kind: str, content_type: str
) -> None:
    item = await one(client.as_(dispatcher), case, ("photo.jpg", file))
    assert (item["kind"], item["content_type"]) == (kind, content_type)
    assert item["state"] == ("pending" if kind == "photo" else "ready")


@pytest.mark.parametrize(
    ("file", "status", "slug", "said"),
    [
        (b"a shopping list", 415, "unsupported-media", "no known kind"),
        (b"", 415, "unsupported-media", "nothing"),
        (b"GIF89a" + bytes(100), 415, "unsupported-media", "image/gif"),
        (packed(a_scene(), "AVIF"), 415, "unsupported-media", "image/avif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported-media", "no known kind"),
        (a_photo()[:-4000], 422, "unreadable-media", "truncated"),
        (packed(a_scene(), "PNG")[:5000], 422, "unreadable-media", ""),
        (packed(a_scene(), "WEBP")[:3000], 422, "unreadable-media", ""),
        (packed(a_scene(), "HEIF")[:3000], 422, "unreadable-media", ""),
        (b"\xff\xd8\xff\xe0" + bytes(500), 422, "unreadable-media", ""),
    ],
)
async def test_what_can_not_be_taken_is_named_with_its_place(
    client: Client,
    session: AsyncSession,
    dispatcher: Account,
    case: str,
    folder: Path,
    file: bytes,
    status: int,
    slug: str,
    said: str,
) -> None:
    speaker = client.as_(dispatcher)
    speaker.headers["Accept-Language"] = "en"
    answer = await upload(speaker, case, a_photo(), ("second.jpg", file))
    found = problem(answer, status, slug)
    assert said in found["detail"]
    assert "second.jpg" in found["detail"]
    assert found["errors"] == [{"pointer": "/files/1", "detail": found["detail"]}]
    assert await session.scalar(select(func.count()).select_from(Media)) == 0
    assert not stored(folder)


async def test_a_bomb_is_not_unpacked(
    client: Client, dispatcher: Account, case: str, configure: Callable[..., None]
) -> None:
    configure(max_photo_pixels=1_000_000)
    bomb = packed(a_scene(size=(1001, 1000)), "PNG")
    found = problem(await upload(client.as_(dispatcher), case, bomb), 422, "too-many-pixels")
    assert (found["width"], found["height"], found["limit_pixels"]) == (1001, 1000, 1_000_000)


async def test_a_header_alone_tells_of_a_bomb(
    client: Client, dispatcher: Account, case: str
) -> None:
    huge = bytearray(packed(a_scene(), "PNG"))
    huge[16:24] = (200_000).to_bytes(4) * 2
    huge[29:33] = zlib.crc32(huge[12:29]).to_bytes(4)
    found = problem(await upload(client.as_(dispatcher), case, bytes(huge)), 422, "too-many-pixels")
    assert (found["width"], found["height"]) == (200_000, 200_000)


async def test_each_kind_has_its_largest_size(
    client: Client, dispatcher: Account, case: str, configure: Callable[..., None]
) -> None:
    configure(max_photo_bytes=5_000, max_file_bytes=6_000, max_upload_bytes=90_000)
    speaker = client.as_(dispatcher)
    found = problem(await upload(speaker, case, a_photo()), 413, "media-too-large")
    assert found["limit_bytes"] == 5_000
    await one(speaker, case, PDF + bytes(5_500))
    found = problem(await upload(speaker, case, PDF + bytes(6_500)), 413, "media-too-large")
    assert found["limit_bytes"] == 6_000
    problem(await upload(speaker, case, PDF + bytes(90_000)), 413, "body-too-large")


async def test_the_form_is_checked(client: Client, dispatcher: Account, case: str) -> None:
    speaker, photo = client.as_(dispatcher), a_photo()
    same = str(uuid4())
    wrong: list[tuple[dict[str, Any], list[bytes], str]] = [
        ({"stage": "later"}, [photo], "/stage"),
        ({"colour": "red"}, [photo], "/colour"),
        ({"ids": ["no uuid"]}, [photo], "/ids/0"),
        ({"ids": [str(uuid4())]}, [photo, photo], "/ids"),
        ({"ids": [same, same]}, [photo, photo], "/ids"),
        ({}, [PDF] * 11, "/files"),
    ]
    for form, files, pointer in wrong:
        found = problem(await upload(speaker, case, *files, **form), 422, "invalid-request")
        assert [error["pointer"] for error in found["errors"]] == [pointer], form
    empty = await speaker.post(f"/api/v1/incidents/{case}/media", data={"stage": "report"})
    assert problem(empty, 422, "invalid-request")["errors"][0]["pointer"] == "/files"


async def test_a_name_is_kept_as_far_as_it_can_be(
    client: Client, dispatcher: Account, case: str
) -> None:
    speaker = client.as_(dispatcher)
    for name, kept in (("a\x00b.jpg", "ab.jpg"), ("长" * 300, "长" * 200), ("../x", "../x")):
        content = (
            b'--x\r\nContent-Disposition: form-data; name="stage"\r\n\r\nreport\r\n'
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="'
            + name.encode()
            + b'"\r\n\r\n'
            + PDF
            + b"\r\n--x--\r\n"
        )
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        path = f"/api/v1/incidents/{case}/media"
        answer = await speaker.post(path, content=content, headers=headers)
        assert answer.json()["items"][0]["file_name"] == kept, answer.text


async def test_a_retry_with_its_ids_is_kept_once(
    client: Client, session: AsyncSession, dispatcher: Account, case: str, folder: Path
) -> None:
    speaker, ids = client.as_(dispatcher), [str(uuid4()), str(uuid4())]
    first = await upload(speaker, case, a_photo(1), a_photo(2), ids=ids)
    assert "idempotent-replayed" not in first.headers
    assert [item["id"] for item in first.json()["items"]] == ids
    again = await upload(speaker, case, a_photo(1), a_photo(2), ids=ids)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert again.json() == first.json()
    assert await session.scalar(select(func.count()).select_from(Media)) == 2
    assert len(stored(folder)) == 2
    assert len(await facts(speaker, case)) == 2


async def test_a_retry_of_a_part_adds_the_rest(
    client: Client, dispatcher: Account, case: str
) -> None:
    speaker, ids = client.as_(dispatcher), [str(uuid4()), str(uuid4())]
    await upload(speaker, case, a_photo(1), ids=ids[:1])
    both = await upload(speaker, case, a_photo(2), a_photo(1), ids=ids[::-1])
    assert "idempotent-replayed" not in both.headers
    assert [item["id"] for item in both.json()["items"]] == ids[::-1]
    assert len(await facts(speaker, case)) == 2


async def test_an_id_stands_for_one_file_of_one_case_and_stage(
    client: Client, session: AsyncSession, dispatcher: Account, case: str
) -> None:
    speaker, ids = client.as_(dispatcher), [str(uuid4())]
    reporter = client.as_(await an_account(session, "steward"))
    other = (await reporter.post("/api/v1/incidents", a_report())).json()["id"]
    await upload(speaker, case, a_photo(1), ids=ids)
    for where, photo, stage in (
        (case, a_photo(2), "report"),
        (case, a_photo(1), "after"),
        (other, a_photo(1), "report"),
    ):
        answer = await upload(speaker, where, photo, stage=stage, ids=ids)
        found = problem(answer, 422, "media-id-reused")
        assert found["errors"][0]["pointer"] == "/ids/0"


async def test_who_does_not_see_the_case_sees_no_evidence(
    client: Client, session: AsyncSession, dispatcher: Account, case: str, folder: Path
) -> None:
    item = await one(client.as_(dispatcher), case, a_photo())
    stranger = client.as_(await an_account(session, "steward", place="610526009"))
    problem(await upload(stranger, case, a_photo(2)), 404, "not-found")
    problem(await stranger.get(f"/api/v1/incidents/{case}/media"), 404, "not-found")
    problem(await fetch(stranger, case, item["id"], "preview"), 404, "not-found")
    problem(await upload(client.as_(dispatcher), str(uuid4()), a_photo(2)), 404, "not-found")
    assert len(stored(folder)) == 1


async def test_adding_needs_its_permission(
    client: Client, session: AsyncSession, case: str
) -> None:
    observer = client.as_(await an_account(session, "observer"))
    found = problem(await upload(observer, case, a_photo()), 403, "forbidden")
    assert found["permission"] == "incident:add_evidence"
    assert (await observer.get(f"/api/v1/incidents/{case}/media")).json() == {"items": []}
    problem(await upload(client, case, a_photo()), 401, "unauthenticated")


async def test_the_unit_in_charge_adds_its_photos(
    client: Client, session: AsyncSession, case: str
) -> None:
    unit = await a_unit(session)
    handler = await an_account(session, "handler", unit=unit, place=None)
    problem(await upload(client.as_(handler), case, a_photo()), 404, "not-found")
    await session.execute(
        text("UPDATE incident SET unit_id = :unit WHERE id = :id"), {"unit": unit.id, "id": case}
    )
    assert (await one(client.as_(handler), case, a_photo(), stage="after"))["stage"] == "after"


async def test_a_list_is_by_stage_then_by_time(
    client: Client, dispatcher: Account, case: str
) -> None:
    speaker = client.as_(dispatcher)
    for seed, stage, taken in (
        (1, "check", "2026:09:01 08:00:00"),
        (2, "after", "2026:09:01 12:00:00"),
        (3, "after", "2026:09:01 11:00:00"),
        (4, "report", "2026:09:03 08:00:00"),
    ):
        await one(speaker, case, a_photo(seed, taken=taken), stage=stage)
    items = (await speaker.get(f"/api/v1/incidents/{case}/media")).json()["items"]
    shown = [(item["stage"], item["taken_at"][11:13]) for item in items]
    assert shown == [("report", "00"), ("after", "03"), ("after", "04"), ("check", "00")]


async def test_a_list_is_one_statement_besides_who_is_asking(
    client: Client, dispatcher: Account, case: str, statements: list[str]
) -> None:
    speaker = client.as_(dispatcher)
    await upload(speaker, case, a_photo(1), a_photo(2))
    await speaker.get(f"/api/v1/incidents/{case}/media")
    statements.clear()
    await speaker.get(f"/api/v1/incidents/{case}/media")
    assert len(statements) == 2


async def test_the_application_may_change_nothing_but_the_state(
    session: AsyncSession,
) -> None:
    for right, may in (("DELETE", False), ("TRUNCATE", False), ("UPDATE", False)):
        asked = text("SELECT has_table_privilege('wangge_app', 'media', :right)")
        assert await session.scalar(asked, {"right": right}) is may
    columns = text(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'media'::regclass AND attnum > 0"
        " AND has_column_privilege('wangge_app', 'media', attname, 'UPDATE')"
    )
    assert set(await session.scalars(columns)) == {"state", "state_reason"}


async def test_facts_of_evidence_keep_the_case_where_it_is(
    client: Client, session: AsyncSession, dispatcher: Account, case: str
) -> None:
    await upload(client.as_(dispatcher), case, a_photo(1), a_photo(2), PDF)
    found = await session.execute(
        select(Fact.version, Fact.kind, Fact.status)
        .where(Fact.incident_id == case)
        .order_by(Fact.version)
    )
    assert [tuple(fact) for fact in found] == [
        (1, "report", "reported"),
        *((version, "add_evidence", "reported") for version in (2, 3, 4)),
    ]


async def test_a_body_of_unannounced_size_ends_at_the_limit(
    client: Client, dispatcher: Account, case: str, configure: Callable[..., None]
) -> None:
    configure(max_upload_bytes=90_000)

    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
        while True:
            yield bytes(10_000)

    answer = await client.as_(dispatcher).post(
        f"/api/v1/incidents/{case}/media",
        content=endless(),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    problem(answer, 413, "body-too-large")
