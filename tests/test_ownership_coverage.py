"""What nobody owns, or several do: against asking for each class in each cell."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import queries as catalog
from app.grids.models import Cell
from app.ownership.coverage import Claim, Coverage, Where, pairs, totals
from app.ownership.queries import owners_of
from app.people.models import Unit
from tests.clients import Client
from tests.factories import SOUTH, STEP, WEST, a_cell, a_unit, an_account, an_area
from tests.test_ownership import NOW, an_owner

OWNERSHIP = "/api/v1/ownership"
CODES = [f"61052600{town}00{home}00{cell}" for town in (1, 2) for home in (1, 2) for cell in (1, 2)]


async def a_city(session: AsyncSession) -> list[Cell]:
    """Eight cells in a row, in four communities of two towns; two units and a switched off one."""
    for code, level in (("610526001", "subdistrict"), ("610526002", "subdistrict")):
        await an_area(session, code, level)
    cells = [await a_cell(session, code, column) for column, code in enumerate(CODES)]
    one, two, off = [await a_unit(session, code) for code in ("ONE", "TWO", "OFF")]
    off.active = False
    rules: list[tuple[Unit, dict[str, Any]]] = [
        (one, {"category_code": "E"}),
        (two, {"category_code": "E01", "place_code": "610526001"}),
        (one, {"category_code": "E01", "place_code": "610526001"}),
        (two, {"category_code": "E0112", "place_code": CODES[0]}),
        (one, {"category_code": "C01", "place_code": "610526002001"}),
        (two, {"category_code": "C01", "square_of": 3}),
        (one, {"category_code": "C0101", "square_of": 2}),
        (two, {"category_code": "C0101", "square_of": 2}),
        (off, {"category_code": "C"}),
        (two, {"category_code": "C", "valid_to": NOW - timedelta(hours=1)}),
        (two, {"category_code": "C", "valid_from": NOW + timedelta(hours=1)}),
        (two, {"place_code": CODES[7]}),
        (one, {"place_code": CODES[7]}),
    ]
    for holder, rule in rules:
        await an_owner(session, holder, **rule)
    return cells


async def asked_one_by_one(session: AsyncSession, cells: list[Cell]) -> dict[tuple[str, str], str]:
    """Every class in the middle of every cell."""
    found = {}
    for column, cell in enumerate(cells):
        middle = {"lon": WEST + (column + 0.5) * STEP, "lat": SOUTH + 0.5 * STEP}
        for category in await catalog.list_(session):
            finding = await owners_of(
                session, path=cell.path, category=category.code, at=NOW, **middle
            )
            if finding.verdict != "unique":
                found[cell.code, category.code] = finding.verdict.value
    return found


async def gaps(client: Client, **asked: str) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        params = {"limit": "150", **asked, **after}
        page = (await client.get(f"{OWNERSHIP}/coverage/gaps", params=params)).json()
        found += page["items"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


async def test_coverage_is_what_asking_one_by_one_finds(
    client: Client, session: AsyncSession
) -> None:
    cells = await a_city(session)
    speaks = client.as_(await an_account(session, "evaluator"))
    expected = await asked_one_by_one(session, cells)
    told = await gaps(speaks)
    assert {(gap["cell"], gap["category"]): gap["verdict"] for gap in told} == expected
    assert [(gap["cell"], gap["category"]) for gap in told] == sorted(expected)
    assert set(expected.values()) == {"none", "several"}

    body = (await speaks.get(f"{OWNERSHIP}/coverage")).json()
    classes = [category.code for category in await catalog.list_(session)]
    assert (body["cells"], body["classes"]) == (8, len(classes))
    for lack in ("none", "several"):
        assert body[lack] == sum(verdict == lack for verdict in expected.values())
    assert {one["category"]: (one["none"], one["several"]) for one in body["by_class"]} == {
        code: tuple(
            sum(expected.get((cell, code)) == lack for cell in CODES)
            for lack in ("none", "several")
        )
        for code in classes
    }
    assert {one["area"]: (one["cells"], one["none"]) for one in body["by_area"]} == {
        town: (
            4,
            sum(
                verdict == "none" and cell.startswith(town)
                for (cell, _), verdict in expected.items()
            ),
        )
        for town in ("610526001", "610526002")
    }
    for part in (body["by_class"], body["by_area"]):
        assert part == sorted(part, key=lambda one: (-one["none"], -one["several"]))


async def test_gaps_are_filtered(
    client: Client, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ownership.gaps.CHUNK", 3)
    await a_city(session)
    speaks = client.as_(await an_account(session, "evaluator"))
    every = await gaps(speaks)
    monkeypatch.setattr("app.ownership.gaps.CHUNK", 1_000)
    assert every == await gaps(speaks)
    for asked, wanted in (
        ({"verdict": "several"}, lambda gap: gap["verdict"] == "several"),
        ({"verdict": "none"}, lambda gap: gap["verdict"] == "none"),
        ({"category": "C01"}, lambda gap: gap["category"].startswith("C01")),
        ({"area": "610526002001"}, lambda gap: gap["cell"].startswith("610526002001")),
    ):
        found = await gaps(speaks, **asked)
        assert found == [gap for gap in every if wanted(gap)], asked
        assert found, asked
    later = {"at": (NOW + timedelta(hours=2)).isoformat(), "verdict": "none"}
    assert await gaps(speaks, **later) == []


async def test_sums_can_be_of_one_area_by_its_communities(
    client: Client, session: AsyncSession
) -> None:
    await a_city(session)
    for code in ("610526002001", "610526002002"):
        await an_area(session, code)
    speaks = client.as_(await an_account(session, "evaluator"))
    asked = {"area": "610526002", "level": "community"}
    body = (await speaks.get(f"{OWNERSHIP}/coverage", params=asked)).json()
    assert body["cells"] == 4
    assert {one["area"]: one["cells"] for one in body["by_area"]} == {
        "610526002001": 2,
        "610526002002": 2,
    }
    all_of_it = {"level": "community"}
    body = (await speaks.get(f"{OWNERSHIP}/coverage", params=all_of_it)).json()
    assert {one["area"]: one["cells"] for one in body["by_area"]}[None] == 4


async def test_an_empty_city_is_covered(client: Client, session: AsyncSession) -> None:
    speaks = client.as_(await an_account(session, "evaluator"))
    body = (await speaks.get(f"{OWNERSHIP}/coverage")).json()
    assert (body["cells"], body["none"], body["several"], body["by_area"]) == (0, 0, 0, [])


CLASSES = ["C0101", "C0102", "C0201", "E0101"]
CLAIMS = st.builds(
    Claim,
    place=st.sampled_from(["", "D", "S", "S2", "X1", "X2", "X3"]),
    category=st.sampled_from(["", "C", "C01", "C0101", "C0201", "E"]),
    holder=st.sampled_from(["one", "two", "three"]),
    square_metres=st.none(),
) | st.builds(
    Claim,
    place=st.sampled_from(["draw1", "draw2"]),
    category=st.sampled_from(["", "C01", "C0101"]),
    holder=st.sampled_from(["one", "two"]),
    square_metres=st.just(10.0),
)
WHERES = [
    Where("X1", ["D", "S", "X1"], ["draw1", "draw2"], "S"),
    Where("X2", ["D", "S", "X2"], ["draw2", "unclaimed"], "S"),
    Where("X3", ["D", "S2", "X3"], [], "S2"),
    Where("X4", ["X4"], [], None),
]


def naive(claims: list[Claim], where: Where, category: str) -> int:
    """How many hold a class in a cell: every claim looked at."""
    best: tuple[int, float] = (-1, -1)
    holders: set[str] = set()
    for claim in claims:
        if claim.place in where.drawings:
            nearness = len(where.path) - 0.5
        elif claim.place in ["", *where.path]:
            nearness = ["", *where.path].index(claim.place)
        else:
            continue
        rank = (len(claim.category), nearness)
        if category.startswith(claim.category) and rank >= best:
            holders = {claim.holder} | (holders if rank == best else set())
            best = rank
    return len(holders)


@trials(max_examples=300, deadline=None)
@given(claims=st.lists(CLAIMS, max_size=10))
def test_pairs_and_totals_are_what_a_double_loop_counts(claims: list[Claim]) -> None:
    held = {(where.code, code): naive(claims, where, code) for where in WHERES for code in CLASSES}
    coverage = Coverage(CLASSES, claims)
    assert list(pairs(coverage, WHERES, none=True, several=True)) == [
        (cell, code, count > 1) for (cell, code), count in held.items() if count != 1
    ]
    found = totals(coverage, WHERES)
    for code, one in found.by_class.items():
        counts = [held[where.code, code] for where in WHERES]
        assert (one.none, one.several) == (counts.count(0), sum(n > 1 for n in counts))
    for area, one in found.by_area.items():
        counts = [held[w.code, code] for w in WHERES if w.area == area for code in CLASSES]
        assert (one.cells * 4, one.none) == (len(counts), counts.count(0))
        assert one.several == sum(count > 1 for count in counts)
