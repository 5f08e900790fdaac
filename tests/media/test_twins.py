"""A photo that was used before is flagged; whose case it was is for those who may see it."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from PIL import Image, ImageEnhance
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.media import photos
from app.people.models import Account
from tests.clients import Client
from tests.factories import a_cell, a_report, an_account, middle
from tests.media.pictures import MP4, PDF, a_photo, a_scene, packed
from tests.media.uploading import one

WORD = st.integers(-(2**63), 2**63 - 1)


@pytest.fixture
async def other(client: Client, session: AsyncSession) -> str:
    """Another case, in a cell of another community."""
    await a_cell(session, "610526002001001", column=5)
    reporter = await an_account(session, "steward", username="elsewhere", place="610526002001001")
    report = a_report(**middle(5, 0))
    return str((await client.as_(reporter).post("/api/v1/incidents", report)).json()["id"])


async def test_the_same_photo_for_another_case_is_flagged(
    client: Client, dispatcher: Account, case: str, other: str
) -> None:
    speaker = client.as_(dispatcher)
    first = await one(speaker, case, a_photo())
    assert first["flags"] == []
    second = await one(speaker, other, a_photo())
    assert (second["flags"], second["twin"]["incident"]) == (["same_photo"], case)
    number = (await speaker.get(f"/api/v1/incidents/{case}")).json()["number"]
    assert second["twin"]["number"] == number


async def test_the_same_photo_before_and_after_is_flagged_but_a_second_copy_is_not(
    client: Client, dispatcher: Account, case: str
) -> None:
    speaker = client.as_(dispatcher)
    await one(speaker, case, a_photo(), stage="before")
    assert (await one(speaker, case, a_photo(), stage="before"))["flags"] == []
    after = await one(speaker, case, a_photo(), stage="after")
    assert (after["flags"], after["twin"]["incident"]) == (["same_photo"], case)


def altered(image: Image.Image) -> dict[str, bytes]:
    """What people do to a photo that they use again."""
    wide, high = image.size
    return {
        "smaller": packed(image.resize((wide // 2, high // 2)), quality=80),
        "packed harder": packed(image, quality=35),
        "as PNG": packed(image, "PNG"),
        "as HEIC": packed(image, "HEIF", quality=50),
        "brighter": packed(ImageEnhance.Brightness(image).enhance(1.15), quality=85),
        "cut by a little": packed(image.crop((4, 4, wide - 4, high - 4)), quality=85),
    }


@pytest.mark.parametrize("how", altered(a_scene()))
async def test_nearly_the_same_photo_is_flagged(
    client: Client, dispatcher: Account, case: str, other: str, how: str
) -> None:
    speaker = client.as_(dispatcher)
    await one(speaker, case, a_photo())
    second = await one(speaker, other, altered(a_scene())[how])
    assert (second["flags"], second["twin"]["incident"]) == (["similar_photo"], case)


async def test_other_photos_and_empty_pictures_are_not_flagged(
    client: Client, dispatcher: Account, case: str, other: str
) -> None:
    speaker = client.as_(dispatcher)
    grey, black = (Image.new("RGB", (400, 300), shade) for shade in ("#777", "#000"))
    for file in (a_photo(1), packed(grey)):
        await one(speaker, case, file)
    for file in (a_photo(2), packed(black), packed(grey, quality=50)):
        assert (await one(speaker, other, file))["flags"] == []


async def test_a_recording_belongs_to_one_case_but_a_document_may_serve_many(
    client: Client, dispatcher: Account, case: str, other: str
) -> None:
    speaker = client.as_(dispatcher)
    for file, flags in ((MP4, ["same_photo"]), (PDF, [])):
        assert (await one(speaker, case, file))["flags"] == []
        assert (await one(speaker, other, file))["flags"] == flags


async def test_the_same_case_may_look_alike_before_and_after(
    client: Client, dispatcher: Account, case: str
) -> None:
    speaker = client.as_(dispatcher)
    await one(speaker, case, a_photo(), stage="before")
    again = await one(speaker, case, altered(a_scene())["brighter"], stage="after")
    assert again["flags"] == []


async def test_the_other_case_is_named_to_those_who_may_see_it(
    client: Client, session: AsyncSession, dispatcher: Account, case: str, other: str
) -> None:
    await one(client.as_(dispatcher), case, a_photo())
    await one(client.as_(dispatcher), other, a_photo())
    local = client.as_(await an_account(session, "steward", place="610526002001001"))
    (item,) = (await local.get(f"/api/v1/incidents/{other}/media")).json()["items"]
    assert (item["flags"], item["twin"]) == (["same_photo"], None)


async def probe(session: AsyncSession, one: int, other: int) -> bool:
    asked = text("SELECT phash_bands(:one) && phash_probes(:other)")
    return bool(await session.scalar(asked, {"one": one, "other": other}))


async def test_no_hash_within_seven_bits_escapes_the_look_up(session: AsyncSession) -> None:
    """Every hash that differs in at most seven bits shares a number with the probes."""
    cases: list[tuple[int, int]] = []

    @trials(max_examples=200, deadline=None)
    @given(WORD, st.sets(st.integers(0, 63), max_size=7))
    def collect(word: int, bits: set[int]) -> None:
        turned = word & (2**64 - 1)
        for bit in bits:
            turned ^= 1 << bit
        cases.append((word, turned - 2**64 if turned >= 2**63 else turned))

    collect()
    for word, turned in cases:
        assert await probe(session, word, turned), (word, turned)
    assert not await probe(session, 0, -1)


def test_a_hash_is_stable_whatever_the_size_that_a_photo_is_read_at() -> None:
    big = packed(a_scene(3, (3200, 2400)), quality=90)
    small = packed(a_scene(3, (400, 300)), quality=90)
    hashes: list[Any] = [
        photos.read(io.BytesIO(file), "image/jpeg", 10**8).phash for file in (big, small)
    ]
    assert (hashes[0] ^ hashes[1]).bit_count() <= 2
