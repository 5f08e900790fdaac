"""Tiles of areas and cells: what they hold, and until when they may be kept."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app import remembered
from app.people.models import Account, Post
from app.tiles.kept import Kept
from tests.clients import Client, problem
from tests.factories import LONG_AGO, STEP, a_cell, a_post, an_account, an_area
from tests.grids.drawing import board, collection, imported
from tests.tiles.reading import ask, at, layers, told

CELL = "610526001001001"
LATER = datetime.now(UTC) + timedelta(days=1)


async def test_an_area_tile_tells_of_each_area_and_where_its_name_goes(
    me: Client, session: AsyncSession
) -> None:
    await an_area(session)
    found = await layers(me, "areas", at(13))
    properties = {
        "code": "610526001001",
        "name": "区域610526001001",
        "level": "community",
        "parent": "610526001",
    }
    assert [feature["properties"] for feature in found["areas"]] == [properties]
    assert [feature["properties"] for feature in found["labels"]] == [properties]
    assert found["labels"][0]["geometry"]["type"] == "Point"


async def test_an_area_reaches_beyond_its_tile_so_that_no_edge_shows(
    me: Client, session: AsyncSession
) -> None:
    await an_area(session)
    (feature,) = (await layers(me, "areas", at(19)))["areas"]
    (ring,) = feature["geometry"]["coordinates"]
    assert {min(x for x, _ in ring), max(x for x, _ in ring)} == {-64, 4160}
    assert {min(y for _, y in ring), max(y for _, y in ring)} == {-64, 4160}


async def test_a_name_is_written_in_one_tile_only(me: Client, session: AsyncSession) -> None:
    await an_area(session)
    steps = range(11)
    tiles = {at(17, 109 + column * STEP, 34 + row * STEP) for column in steps for row in steps}
    found = [(await layers(me, "areas", tile)).get("labels", []) for tile in sorted(tiles)]
    assert sum(map(len, found)) == 1


@pytest.mark.parametrize(
    ("z", "asked", "level"),
    [
        (9, {}, "district"),
        (10, {}, "subdistrict"),
        (12, {}, "subdistrict"),
        (13, {}, "community"),
        (9, {"level": "community"}, "community"),
    ],
)
async def test_the_level_follows_the_zoom_unless_asked_for(
    me: Client, session: AsyncSession, z: int, asked: dict[str, str], level: str
) -> None:
    for code, named in (
        ("610526", "district"),
        ("610526001", "subdistrict"),
        ("610526001001", "community"),
    ):
        await an_area(session, code, named)
    assert [one["level"] for one in await told(me, "areas", at(z), params=asked)] == [level]


async def test_a_cell_tells_its_area_and_its_steward(me: Client, session: AsyncSession) -> None:
    await a_cell(session)
    await a_cell(session, "610526001001002", column=1)
    await an_account(session, "steward", place=CELL)
    base = {"area_code": "610526001001"}
    assert sorted(await told(me, "cells", at(14)), key=lambda one: str(one["code"])) == [
        base | {"code": CELL, "name": "网格001", "steward": "姓名steward", "manned": True},
        base | {"code": "610526001001002", "name": "网格002", "steward": "", "manned": False},
    ]


@pytest.mark.parametrize(
    ("change", "steward"),
    [
        ({"place_code": CELL}, "姓名a"),
        ({"place_code": "610526001"}, "姓名a"),
        ({"place_code": ""}, "姓名a"),
        ({"category_code": "C"}, ""),
        ({"valid_to": LONG_AGO}, ""),
        ({"valid_from": LATER}, ""),
        ({"place_code": "610526001001002"}, ""),
    ],
    ids=["here", "above", "city", "some classes", "over", "later", "elsewhere"],
)
async def test_a_cell_is_manned_by_whoever_is_on_duty_for_all_classes(
    me: Client, session: AsyncSession, change: dict[str, Any], steward: str
) -> None:
    await a_cell(session)
    holder = await an_account(session, "steward", username="a", place=CELL)
    chosen = update(Post).where(Post.account_id == holder.id)
    await session.execute(chosen.values(**change))
    (cell,) = await told(me, "cells", at(14))
    assert (cell["steward"], cell["manned"]) == (steward, steward != "")


async def test_the_narrowest_post_and_its_deputy_are_named_as_for_a_report(
    me: Client, session: AsyncSession
) -> None:
    await a_cell(session)
    await an_account(session, "steward", username="wide", place="610526001")
    narrow = await an_account(session, "steward", username="narrow", place=None)
    deputy = await an_account(session, "steward", username="deputy", place=None)
    period = {"deputy_from": LONG_AGO, "deputy_to": LATER}
    await a_post(session, narrow, place=CELL, deputy_id=deputy.id, **period)
    (cell,) = await told(me, "cells", at(14))
    assert cell["steward"] == "姓名deputy"
    found = (await me.get("/api/v1/cells/at?lon=109.0005&lat=34.0005&crs=cgcs2000")).json()
    assert found["steward"]["name"] == cell["steward"]


async def test_cells_are_not_drawn_from_afar(me: Client, session: AsyncSession) -> None:
    await a_cell(session)
    assert (await ask(me, "cells", at(11))).status_code == 204
    assert len(await told(me, "cells", at(12))) == 1


@pytest.mark.parametrize("layer", ["areas", "cells"])
async def test_a_tile_that_is_still_right_is_not_drawn_again(
    me: Client, session: AsyncSession, statements: list[str], layer: str
) -> None:
    await a_cell(session)
    await an_area(session)
    first = await ask(me, layer, at(14))
    assert first.headers["cache-control"] == "private, no-cache"
    statements.clear()
    again = await ask(me, layer, at(14))
    assert again.content == first.content
    known = {"If-None-Match": first.headers["etag"]}
    unchanged = await ask(me, layer, at(14), headers=known)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == first.headers["etag"]
    assert not [sql for sql in statements if "AsMVT" in sql]


async def test_after_an_import_the_next_request_gets_what_is_new(
    client: Client, session: AsyncSession
) -> None:
    admin = client.as_(await an_account(session, "administrator"))
    await imported(admin, collection(*board(1, 1)))
    old = await ask(admin, "cells", at(14))
    await imported(admin, collection(*board(2, 1)))
    await asyncio.sleep(1.05)
    new = await ask(admin, "cells", at(14), headers={"If-None-Match": old.headers["etag"]})
    assert new.status_code == 200
    assert new.headers["etag"] != old.headers["etag"]
    assert len(await told(admin, "cells", at(14))) == 2


async def test_a_steward_who_leaves_changes_cells_and_not_areas(
    me: Client, session: AsyncSession
) -> None:
    await a_cell(session)
    holder = await an_account(session, "steward", place=CELL)
    before = [(await ask(me, layer, at(14))).headers["etag"] for layer in ("areas", "cells")]
    chosen = update(Account).where(Account.id == holder.id)
    await session.execute(chosen.values(active=False))
    await asyncio.sleep(1.05)
    after = [(await ask(me, layer, at(14))).headers["etag"] for layer in ("areas", "cells")]
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)
    assert [cell["manned"] for cell in await told(me, "cells", at(14))] == [False]


async def test_a_tile_drawn_from_newer_data_is_never_taken_for_the_older() -> None:
    kept, now = Kept(1_000_000), ["old"]

    async def build() -> tuple[str, bytes]:
        return now[0], now[0].encode()

    now[0] = "new"
    assert (await kept.get("tile", "old", build)).version == "new"
    now[0] = "old"
    assert (await kept.get("tile", "old", build)).version == "old"


async def test_many_who_ask_at_once_have_a_tile_drawn_once() -> None:
    kept, built = Kept(1_000_000), []

    async def build() -> tuple[str, bytes]:
        await asyncio.sleep(0.01)
        built.append(1)
        return "", b"tile"

    await asyncio.gather(*(kept.get("tile", "", build) for _ in range(20)))
    assert len(built) == 1


async def test_the_longest_unused_tiles_go_first() -> None:
    kept, built = Kept(most_bytes=100), []

    async def ask_for(key: str) -> None:
        async def build() -> tuple[str, bytes]:
            built.append(key)
            return "", key.encode()

        await kept.get(key, "", build)

    for key in ("a", "b", "c", "d", "a", "e", "a", "b"):
        await ask_for(key)
    assert built == ["a", "b", "c", "d", "e", "b"]
    remembered.forget_all()
    await ask_for("a")
    assert built[-1] == "a"


async def test_a_tile_travels_compressed_where_that_is_understood(
    me: Client, session: AsyncSession
) -> None:
    await a_cell(session)
    packed = await ask(me, "cells", at(14))
    plain = await ask(me, "cells", at(14), headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


@pytest.mark.parametrize("layer", ["areas", "cells", "cases"])
@pytest.mark.parametrize(
    ("tile", "pointers"),
    [
        ("23/0/0", ["path/z"]),
        ("-1/0/0", ["path/z"]),
        ("2/4/0", ["path/x"]),
        ("2/0/4", ["path/y"]),
        ("0/1/1", ["path/x", "path/y"]),
        ("2/-1/0", ["path/x"]),
        ("2/a/0", ["path/x"]),
        ("2/0/0.5", ["path/y"]),
    ],
)
async def test_a_tile_that_cannot_be_is_refused_by_the_name_of_what_is_wrong(
    me: Client, layer: str, tile: str, pointers: list[str]
) -> None:
    body = problem(await ask(me, layer, f"{tile}.mvt"), 422, "invalid-request")
    assert [error["pointer"] for error in body["errors"]] == pointers


async def test_tiles_ask_for_rights(client: Client, session: AsyncSession) -> None:
    nobody = client.as_(await an_account(session))
    for layer in ("areas", "cells", "cases"):
        problem(await ask(client, layer, at(14)), 401, "unauthenticated")
        problem(await ask(nobody, layer, at(14)), 403, "forbidden")
