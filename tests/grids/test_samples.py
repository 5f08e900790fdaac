"""Real polygons and the sample city go in as they are."""

import pytest

from app.config import ROOT
from tests.clients import Client
from tests.grids.drawing import findings, imported

BOSTON = ROOT.parent / "shared" / "data" / "boston.geojson"
AREAS, CELLS = ROOT / "grids" / "pucheng_areas.geojson", ROOT / "grids" / "pucheng_cells.geojson"


@pytest.mark.skipif(not BOSTON.exists(), reason="the data of Boston is not here")
async def test_boston_is_repaired_told_and_imported(admin: Client) -> None:
    told = await imported(admin, BOSTON.read_bytes(), code_field="name")
    assert told["status"] == "done"
    assert told["report"]["features"] == 26
    repaired = {one["codes"][0] for one in findings(told, "invalid-ring")}
    assert repaired == {"Hyde Park", "East Boston", "Downtown", "Beacon Hill"}
    (pair,) = findings(told, "overlap")
    assert pair["square_metres"] > 1
    listed = (await admin.get("/api/v1/cells?limit=200")).json()["items"]
    assert len(listed) == 26
    assert {cell["code"] for cell in listed if cell["repaired"]} == repaired
    at = await admin.get("/api/v1/cells/at?lon=-71.0585&lat=42.3604&crs=wgs84")
    assert at.json()["cell"]["code"] == "Downtown"


async def test_the_sample_city_has_no_errors_overlaps_or_gaps(admin: Client) -> None:
    national = {"code_scheme": "national"}
    contents = {file: file.read_bytes() for file in (AREAS, CELLS)}
    opened = {}
    for level, file in (
        ("district", AREAS),
        ("subdistrict", AREAS),
        ("community", AREAS),
        ("cell", CELLS),
    ):
        told = await imported(admin, contents[file], level=level, **national)
        assert told["status"] == "done", told["report"]
        assert told["report"]["counts"] == {}
        opened[level] = told["report"]["changes"]["opened"]
    assert opened == {"district": 1, "subdistrict": 2, "community": 14, "cell": 579}
    cell = (await admin.get("/api/v1/cells/610526001001001")).json()
    assert [area["level"] for area in cell["areas"]] == ["district", "subdistrict", "community"]
    assert cell["area_code"] == "610526001001"
    assert 3_000 < cell["area_square_metres"] < 25_000
