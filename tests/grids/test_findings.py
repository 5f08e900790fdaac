"""Everything that can be the matter with a file is told before anything is written."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.clients import Client
from tests.factories import a_cell, an_area
from tests.grids.drawing import board, collection, feature, findings, imported, square

SQUARE_METRES = 92.4 * 110.9  # of a chessboard's square, about


async def codes_in(client: Client) -> list[str]:
    listed = (await client.get("/api/v1/cells")).json()["items"]
    return [cell["code"] for cell in listed]


async def test_a_clean_chessboard_has_nothing_to_report(admin: Client) -> None:
    told = await imported(admin, collection(*board(4, 3)))
    assert told["status"] == "done"
    assert told["report"]["counts"] == {}
    assert told["report"]["changes"] == {"opened": 12, "closed": 0, "replaced": 0, "unchanged": 0}
    assert told["progress"] == 1
    assert len(await codes_in(admin)) == 12


async def test_an_invalid_ring_is_repaired_and_told_with_its_reason(admin: Client) -> None:
    bow_tie = [(109.0, 34.0), (109.001, 34.001), (109.001, 34.0), (109.0, 34.001), (109.0, 34.0)]
    told = await imported(admin, collection(feature("a", bow_tie)))
    (found,) = findings(told, "invalid-ring")
    assert found["severity"] == "warning"
    assert "Self-intersection" in found["detail"]["en"]
    assert "2 part(s)" in found["detail"]["en"]
    assert found["geometry"]["coordinates"] == pytest.approx([109.0005, 34.0005])
    cell = (await admin.get("/api/v1/cells/a")).json()
    assert cell["repaired"] is True
    assert cell["area_square_metres"] == pytest.approx(SQUARE_METRES / 2, rel=0.01)


async def test_an_overlap_names_the_pair_the_area_and_the_place(admin: Client) -> None:
    told = await imported(
        admin, collection(feature("b", square(0.5, 0)), feature("a", square(0, 0)))
    )
    (found,) = findings(told, "overlap")
    assert found["codes"] == ["a", "b"]
    assert found["square_metres"] == pytest.approx(SQUARE_METRES / 2, rel=0.01)
    assert found["geometry"]["type"] == "MultiPolygon"


async def test_an_overlap_with_a_current_cell_that_stays_is_told(
    admin: Client, session: AsyncSession
) -> None:
    await a_cell(session, column=0)
    told = await imported(admin, collection(feature("a", square(0.8, 0))))
    (found,) = findings(told, "overlap")
    assert found["codes"] == ["610526001001001", "a"]


async def test_slivers_from_rounding_are_no_findings(admin: Client) -> None:
    rounded = square(1, 0)
    rounded[0] = rounded[-1] = (rounded[0][0] - 1e-7, rounded[0][1])
    told = await imported(admin, collection(feature("a", square(0, 0)), feature("b", rounded)))
    assert told["report"]["counts"] == {}


async def test_a_gap_inside_the_parent_is_told(admin: Client, session: AsyncSession) -> None:
    await an_area(session)
    cells = [
        feature(f"610526001001{n:03}", square(n % 10, n // 10))
        for n in range(1, 100)
        if n not in (55, 99)
    ]
    told = await imported(admin, collection(*cells), code_scheme="national")
    assert told["status"] == "done"
    found = findings(told, "gap")
    assert [one["codes"] for one in found] == [["610526001001"]] * 3
    assert found[0]["square_metres"] == pytest.approx(SQUARE_METRES, rel=0.01)


async def test_cells_that_stay_fill_their_part_of_the_parent(
    admin: Client, session: AsyncSession
) -> None:
    await an_area(session)
    await a_cell(session)
    cells = [feature(f"610526001001{n + 1:03}", square(n % 10, n // 10)) for n in range(1, 100)]
    told = await imported(admin, collection(*cells), code_scheme="national")
    assert told["report"]["counts"] == {}


async def test_a_hole_between_cells_without_a_parent_is_a_gap(admin: Client) -> None:
    ring = [one for n, one in enumerate(board(3, 3)) if n != 4]
    told = await imported(admin, collection(*ring))
    (found,) = findings(told, "gap")
    assert len(found["codes"]) == 8
    assert found["square_metres"] == pytest.approx(SQUARE_METRES, rel=0.01)


async def test_a_cell_outside_its_parent_is_told(admin: Client, session: AsyncSession) -> None:
    await an_area(session)
    outside = feature("610526001001001", square(9.5, 0))
    told = await imported(admin, collection(outside), code_scheme="national")
    (found,) = findings(told, "outside-parent")
    assert found["codes"] == ["610526001001001", "610526001001"]
    assert found["square_metres"] == pytest.approx(SQUARE_METRES / 2, rel=0.01)


@pytest.mark.parametrize(
    ("width", "times"), [(6, "6.15"), (0.15, "0.15")], ids=["too large", "too small"]
)
async def test_cells_far_from_ten_thousand_square_metres_are_told(
    admin: Client, width: float, times: str
) -> None:
    told = await imported(admin, collection(feature("a", square(0, 0, width))))
    (found,) = findings(told, "size")
    assert f"{times} times" in found["detail"]["en"]


async def test_a_cell_without_a_name_is_told_and_named_by_its_code(admin: Client) -> None:
    told = await imported(admin, collection(feature("a", square(0, 0), name=None)))
    assert findings(told, "missing-name")[0]["codes"] == ["a"]
    assert (await admin.get("/api/v1/cells/a")).json()["name"] == "a"


REFUSED: list[tuple[str, list[dict[str, Any]], dict[str, str], list[str]]] = [
    (
        "duplicate-code",
        [feature("a", square(0, 0)), feature("a", square(1, 0))],
        {},
        ["a"],
    ),
    ("missing-code", [feature(None, square(0, 0))], {}, ["#1"]),
    ("bad-code", [feature("x" * 65, square(0, 0))], {}, ["x" * 65]),
    ("bad-code", [feature("12345", square(0, 0))], {"code_scheme": "national"}, ["12345"]),
    (
        "bad-code",
        [feature("610526001001000", square(0, 0))],
        {"code_scheme": "national"},
        ["610526001001000"],
    ),
    (
        "bad-code",
        [feature("610526001001001", square(0, 0), parent="610526001002")],
        {"code_scheme": "national"},
        ["610526001001001"],
    ),
    ("empty-geometry", [feature("a")], {}, ["a"]),
    ("empty-geometry", [feature("a", [(109.0, 34.0)] * 4)], {}, ["a"]),
    (
        "unknown-parent",
        [feature("610526001001001", square(0, 0))],
        {"code_scheme": "national"},
        ["610526001001001"],
    ),
]


@pytest.mark.parametrize(("kind", "features", "fields", "codes"), REFUSED)
async def test_an_error_refuses_the_whole_file(
    admin: Client,
    kind: str,
    features: list[dict[str, Any]],
    fields: dict[str, str],
    codes: list[str],
) -> None:
    good = feature("610526001001777" if fields else "good", square(5, 5))
    told = await imported(admin, collection(*features, good), **fields)
    assert told["status"] == "refused"
    assert findings(told, kind)[0]["codes"] == codes
    assert findings(told, kind)[0]["severity"] == "error"
    assert told["report"]["changes"]["opened"] == 0
    assert await codes_in(admin) == []


async def test_a_code_of_another_level_is_a_duplicate(admin: Client, session: AsyncSession) -> None:
    await an_area(session, "A")
    told = await imported(admin, collection(feature("A", square(0, 0))))
    assert told["status"] == "refused"
    assert "community" in findings(told, "duplicate-code")[0]["detail"]["en"]


async def test_an_unknown_parent_in_free_text_lets_the_cell_stand_alone(admin: Client) -> None:
    told = await imported(admin, collection(feature("a", square(0, 0), parent="nowhere")))
    assert told["status"] == "done"
    assert findings(told, "unknown-parent")[0]["severity"] == "warning"
    cell = (await admin.get("/api/v1/cells/a")).json()
    assert (cell["parent_code"], cell["area_code"], cell["path"]) == (None, "a", ["a"])


async def test_strict_refuses_what_is_otherwise_only_told(admin: Client) -> None:
    overlapping = collection(feature("a", square(0, 0)), feature("b", square(0.5, 0)))
    told = await imported(admin, overlapping, strict="true")
    assert told["status"] == "refused"
    assert told["report"]["refused"] is True
    assert await codes_in(admin) == []


async def test_a_dry_run_tells_what_it_would_do_and_writes_nothing(admin: Client) -> None:
    told = await imported(admin, collection(*board(2, 2)), dry_run="true")
    assert told["status"] == "checked"
    assert told["report"]["changes"]["opened"] == 4
    assert await codes_in(admin) == []
