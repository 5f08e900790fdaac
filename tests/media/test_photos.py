"""What a photo tells, to whom, and what its smaller pictures no longer tell."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from PIL import ExifTags, Image
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.media import exif, photos
from app.people.models import Account
from tests.clients import Client, problem
from tests.factories import a_report, an_account
from tests.media.pictures import HERE, MP4, PDF, a_photo, a_scene, an_exif, packed
from tests.media.uploading import derive_all, fetch, one, stored

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
CAMERA = ("HUAWEI", "HUAWEI P60")
FULL_OF_WORDS = a_photo(taken=NOON, place=HERE, camera=CAMERA, orientation=6)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"taken": NOON, "offset": "+09:00"}, "2026-09-01T03:00:00+00:00"),
        ({"taken": NOON}, "2026-09-01T04:00:00+00:00"),
        (
            {"taken": NOON, "gps_time": datetime(2026, 9, 1, 4, 5, 6, tzinfo=UTC)},
            "2026-09-01T04:05:06+00:00",
        ),
        (
            {"taken": NOON, "offset": "+08:00", "gps_time": datetime(2020, 1, 1, tzinfo=UTC)},
            "2026-09-01T04:00:00+00:00",
        ),
        ({"taken": "0000:00:00 00:00:00"}, None),
        ({"taken": "2026:13:45 12:00:00"}, None),
        ({"taken": "1800:01:01 00:00:00"}, None),
        ({}, None),
    ],
)
async def test_the_time_is_the_cameras_in_its_zone_or_the_satellites_or_in_the_citys_zone(
    client: Client, dispatcher: Account, case: str, words: dict[str, Any], expected: str | None
) -> None:
    taken = (await one(client.as_(dispatcher), case, a_photo(**words)))["taken_at"]
    assert (at(taken) if taken else None) == (at(expected) if expected else None)


async def test_the_distance_to_the_case_is_told(
    client: Client, dispatcher: Account, case: str
) -> None:
    speaker = client.as_(dispatcher)
    near = await one(speaker, case, a_photo(1, place=HERE))
    assert near["metres"] < 0.5
    far = await one(speaker, case, a_photo(2, place=(HERE[0], HERE[1] + 0.01)))
    assert far["metres"] == pytest.approx(1109.3, abs=0.5)
    assert (await one(speaker, case, a_photo(3)))["metres"] is None
    assert (await one(speaker, case, a_photo(4, place=(0.0, 0.0))))["metres"] is None
    assert (await one(speaker, case, a_photo(5, place=(200.0, 34.0))))["metres"] is None


async def test_where_and_with_what_is_for_those_who_decide(
    client: Client, session: AsyncSession, dispatcher: Account, case: str
) -> None:
    await one(client.as_(dispatcher), case, a_photo(place=HERE, camera=CAMERA))
    origins = {}
    for account in (dispatcher, await an_account(session, "observer")):
        listed = await client.as_(account).get(f"/api/v1/incidents/{case}/media")
        origins[account.username] = listed.json()["items"][0]["origin"]
    told = origins["dispatcher"]
    assert (told["lon"], told["lat"]) == (pytest.approx(HERE[0]), pytest.approx(HERE[1]))
    assert told["camera"] == "HUAWEI P60"
    assert origins["observer"] is None


@pytest.mark.filterwarnings("ignore::UserWarning")
async def test_damaged_words_are_no_reason_to_refuse(
    client: Client, dispatcher: Account, case: str
) -> None:
    photo = a_photo(taken=NOON, place=HERE, camera=CAMERA)
    start = photo.index(b"Exif\x00\x00")
    damaged = photo[: start + 14] + b"\xff" * 60 + photo[start + 74 :]
    item = await one(client.as_(dispatcher), case, damaged)
    assert (item["taken_at"], item["metres"]) == (None, None)


@pytest.mark.filterwarnings("ignore::UserWarning")
@trials(max_examples=150, deadline=None)
@given(st.data())
def test_no_exif_however_damaged_stops_the_reading(data: st.DataObject) -> None:
    photo = bytearray(FULL_OF_WORDS)
    start = bytes(photo).index(b"Exif\x00\x00")
    end = start - 2 + int.from_bytes(photo[start - 2 : start])
    for _ in range(data.draw(st.integers(1, 20))):
        photo[data.draw(st.integers(start + 6, end - 1))] = data.draw(st.integers(0, 255))
    words = exif.read(Image.open(io.BytesIO(photo), formats=["JPEG"]))
    assert words.place is None or (-180 <= words.place[0] <= 180 and -90 <= words.place[1] <= 90)
    assert words.camera is None or "\x00" not in words.camera


@pytest.mark.parametrize("orientation", range(1, 9))
def test_however_the_phone_was_held_the_picture_stands_upright(orientation: int) -> None:
    seen = a_scene(size=(640, 480))
    turn = photos.TURNS.get(orientation)
    back = {
        Image.Transpose.ROTATE_90: Image.Transpose.ROTATE_270,
        Image.Transpose.ROTATE_270: Image.Transpose.ROTATE_90,
    }
    stored = seen.transpose(back.get(turn, turn)) if turn is not None else seen
    options: dict[str, Any] = {"quality": 95, "exif": an_exif(orientation=orientation)}
    file = packed(stored, **options)
    photo = photos.read(io.BytesIO(file), "image/jpeg", 10**8)
    assert (photo.width, photo.height) == (640, 480)
    plain = photos.read(io.BytesIO(packed(seen, quality=95)), "image/jpeg", 10**8)
    assert (photo.phash ^ plain.phash).bit_count() <= 2  # type: ignore[operator]
    preview = Image.open(io.BytesIO(photos.variants(file, "image/jpeg", 10**8)["preview"]))
    assert preview.size == (640, 480)
    corner = preview.convert("RGB").getpixel((5, 5)), seen.getpixel((5, 5))
    assert all(abs(a - b) < 12 for a, b in zip(*corner, strict=True))  # type: ignore[arg-type]


async def pictures(client: Client, case: str, item: dict[str, Any]) -> dict[str, httpx.Response]:
    return {
        variant: await fetch(client, case, item["id"], variant)
        for variant in ("original", "preview", "thumbnail")
    }


@pytest.mark.parametrize(
    ("kind", "size", "preview"),
    [
        ("JPEG", (2000, 1500), (1600, 1200)),
        ("PNG", (640, 480), (640, 480)),
        ("WEBP", (640, 480), (640, 480)),
        ("HEIF", (640, 480), (640, 480)),
    ],
)
async def test_smaller_pictures_tell_nothing_but_the_picture(
    client: Client,
    session: AsyncSession,
    dispatcher: Account,
    case: str,
    kind: str,
    size: tuple[int, int],
    preview: tuple[int, int],
) -> None:
    speaker = client.as_(dispatcher)
    words = an_exif(taken=NOON, place=HERE, camera=CAMERA)
    file = packed(a_scene(size=size), kind, exif=words, xmp=b"<x:xmpmeta/>")
    item = await one(speaker, case, file)
    assert (item["taken_at"], item["origin"]["camera"]) == ("2026-09-01T04:00:00Z", "HUAWEI P60")
    await derive_all(session)
    (item,) = (await speaker.get(f"/api/v1/incidents/{case}/media")).json()["items"]
    assert (item["state"], item["state_reason"]) == ("ready", None)
    served = await pictures(speaker, case, item)
    assert served["original"].content == file
    for variant, sides in (("preview", preview), ("thumbnail", (320, 240))):
        assert served[variant].headers["content-type"] == "image/webp"
        picture = Image.open(io.BytesIO(served[variant].content))
        assert (picture.format, picture.size) == ("WEBP", sides)
        assert not picture.getexif()
        assert not set(picture.info) & {"exif", "xmp"}
        for word in (b"Exif", b"HUAWEI", b"xmp", b"2026:09"):
            assert word not in served[variant].content


async def test_the_original_is_for_those_who_decide(
    client: Client, session: AsyncSession, dispatcher: Account, case: str
) -> None:
    item = await one(client.as_(dispatcher), case, a_photo())
    await derive_all(session)
    observer = client.as_(await an_account(session, "observer"))
    served = await pictures(observer, case, item)
    assert problem(served["original"], 403, "forbidden")["permission"] == "incident:decide"
    assert (served["preview"].status_code, served["thumbnail"].status_code) == (200, 200)


async def test_other_files_have_only_their_original(
    client: Client, session: AsyncSession, dispatcher: Account, case: str
) -> None:
    item = await one(client.as_(dispatcher), case, ("测 试.pdf", PDF), stage="check")
    observer = client.as_(await an_account(session, "observer"))
    served = await pictures(observer, case, item)
    original = served["original"]
    assert (original.content, original.headers["content-type"]) == (PDF, "application/pdf")
    assert original.headers["x-content-type-options"] == "nosniff"
    assert original.headers["content-disposition"].endswith("''%E6%B5%8B%20%E8%AF%95.pdf")
    problem(served["preview"], 404, "not-found")


async def test_until_the_worker_has_been_there_the_picture_is_pending(
    client: Client, dispatcher: Account, case: str
) -> None:
    item = await one(client.as_(dispatcher), case, a_photo())
    answer = await fetch(client.as_(dispatcher), case, item["id"], "thumbnail")
    problem(answer, 409, "variant-pending")
    assert answer.headers["retry-after"] == "2"


async def test_bytes_never_change_and_need_not_be_sent_twice(
    client: Client, session: AsyncSession, dispatcher: Account, case: str
) -> None:
    speaker = client.as_(dispatcher)
    item = await one(speaker, case, a_photo())
    await derive_all(session)
    first = await fetch(speaker, case, item["id"], "preview")
    assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert int(first.headers["content-length"]) == len(first.content)
    known = {"If-None-Match": first.headers["etag"]}
    again = await fetch(speaker, case, item["id"], "preview", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    other = await fetch(speaker, case, item["id"], "thumbnail", headers=known)
    assert other.status_code == 200
    stranger = client.as_(await an_account(session, "steward", place="610526009"))
    problem(await fetch(stranger, case, item["id"], "preview", headers=known), 404, "not-found")


async def test_a_file_is_found_at_its_own_case_only(
    client: Client, session: AsyncSession, dispatcher: Account, case: str
) -> None:
    item = await one(client.as_(dispatcher), case, MP4)
    reporter = client.as_(await an_account(session, "steward"))
    other = (await reporter.post("/api/v1/incidents", a_report())).json()["id"]
    problem(await fetch(client.as_(dispatcher), other, item["id"], "original"), 404, "not-found")


async def test_a_job_that_runs_twice_writes_once(
    client: Client, session: AsyncSession, dispatcher: Account, case: str, folder: Path
) -> None:
    await one(client.as_(dispatcher), case, a_photo())
    await derive_all(session)
    written = {path: path.stat().st_mtime_ns for path in stored(folder, "*.webp")}
    assert {path.name for path in written} == {"preview.webp", "thumbnail.webp"}
    await derive_all(session)
    assert {path: path.stat().st_mtime_ns for path in stored(folder, "*.webp")} == written


async def test_a_job_waits_for_every_photo(
    client: Client, session: AsyncSession, dispatcher: Account, case: str
) -> None:
    item = await one(client.as_(dispatcher), case, a_photo())
    await one(client.as_(dispatcher), case, PDF)
    rows = await session.scalars(
        text("SELECT convert_from(payload, 'utf8') FROM pgqueuer WHERE entrypoint = 'media.derive'")
    )
    assert rows.all() == [f'{{"media_id":"{item["id"]}"}}']


async def test_a_photo_that_can_not_be_made_smaller_stays_visible_with_the_reason(
    client: Client,
    session: AsyncSession,
    dispatcher: Account,
    case: str,
    configure: Callable[..., None],
) -> None:
    speaker, photo = client.as_(dispatcher), packed(a_scene(size=(1200, 1000)))
    item = await one(speaker, case, photo)
    configure(max_photo_pixels=1_000_000)
    await derive_all(session)
    (item,) = (await speaker.get(f"/api/v1/incidents/{case}/media")).json()["items"]
    assert (item["state"], item["state_reason"]) == ("failed", "1200×1000 pixels")
    found = problem(await fetch(speaker, case, item["id"], "preview"), 409, "variant-failed")
    assert found["reason"] == "1200×1000 pixels"
    assert (await fetch(speaker, case, item["id"], "original")).content == photo


async def test_a_file_that_was_removed_behind_our_back_is_told(
    client: Client, dispatcher: Account, case: str, folder: Path
) -> None:
    item = await one(client.as_(dispatcher), case, a_photo())
    stored(folder)[0].unlink()
    answer = await fetch(client.as_(dispatcher), case, item["id"], "original")
    assert problem(answer, 500, "file-lost")["key"].endswith("/original")


def test_satellites_speak_utc_and_fractions_of_seconds() -> None:
    image = a_scene()
    words = an_exif(gps_time=datetime(2026, 9, 1, 4, 5, 6, tzinfo=UTC))
    words.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSTimeStamp] = (4.0, 5.0, 6.75)
    again = Image.open(io.BytesIO(packed(image, exif=words)))
    assert exif.read(again).taken_at == datetime(2026, 9, 1, 4, 5, 6, tzinfo=UTC)
