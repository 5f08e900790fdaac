"""GeoJSON, Shapefile and GeoPackage in any declared system, and vendors' shifted data."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from app.coordinates import Crs, gcj02_to_bd09, wgs84_to_gcj02
from tests.clients import Client, problem
from tests.grids.drawing import board, collection, feature, findings, imported, send, square, write

MOVE = {
    Crs.GCJ02: wgs84_to_gcj02,
    Crs.BD09: lambda lon, lat: gcj02_to_bd09(*wgs84_to_gcj02(lon, lat)),
}


def moved(features: list[dict[str, Any]], way: Callable[[float, float], Any]) -> list[Any]:
    """The same features with every vertex moved."""
    return [
        one | {"geometry": {"type": "Polygon", "coordinates": [[way(*xy) for xy in ring]]}}
        for one in features
        for ring in one["geometry"]["coordinates"]
    ]


def projected(features: list[dict[str, Any]], crs: str) -> list[Any]:
    """The same features in metres of a projected system."""
    return moved(features, Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform)


def zipped(shapefile: Path, *, without: str = "", folder: str = "") -> bytes:
    """A Shapefile as it is uploaded."""
    packed = shapefile.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as archive:
        for part in shapefile.parent.glob(f"{shapefile.stem}.*"):
            if part.suffix not in (".zip", without):
                archive.write(part, folder + part.name)
    return packed.read_bytes()


async def same_board(client: Client, columns: int = 2, rows: int = 2) -> None:
    """The cells in the database lie where the chessboard was drawn, to a tenth of a millimetre."""
    answer = await client.get("/api/v1/cells", headers={"Accept": "application/geo+json"})
    found = {
        one["id"]: shapely.geometry.shape(one["geometry"]) for one in answer.json()["features"]
    }
    drawn = {
        one["properties"]["code"]: shapely.geometry.shape(one["geometry"])
        for one in board(columns, rows)
    }
    assert found.keys() == drawn.keys()
    for code, shape in drawn.items():
        assert found[code].hausdorff_distance(shape) < 2e-7


@pytest.mark.parametrize(
    ("crs", "folder"), [("EPSG:4490", ""), ("EPSG:4509", "图层/"), ("EPSG:32649", "")]
)
async def test_a_zipped_shapefile_in_its_own_system(
    admin: Client, tmp_path: Path, crs: str, folder: str
) -> None:
    features = board(2, 2) if crs == "EPSG:4490" else projected(board(2, 2), crs)
    written = write(tmp_path / "cells.shp", features, crs, encoding="UTF-8")
    told = await imported(admin, zipped(written, folder=folder), "格网 2026.zip")
    assert told["status"] == "done"
    assert told["report"]["counts"] == {}
    assert told["file_name"] == "格网_2026.zip"
    await same_board(admin)


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4509", "EPSG:3857"])
async def test_a_geopackage_in_its_own_system(admin: Client, tmp_path: Path, crs: str) -> None:
    features = board(2, 2) if crs == "EPSG:4490" else projected(board(2, 2), crs)
    written = write(tmp_path / "cells.gpkg", features, crs)
    told = await imported(admin, written.read_bytes(), "cells.gpkg")
    assert told["report"]["counts"] == {}
    assert told["report"]["crs"] == crs
    await same_board(admin)


async def test_geojson_in_metres_by_its_crs_member(admin: Client) -> None:
    content = collection(*projected(board(2, 2), "EPSG:4509"), crs="urn:ogc:def:crs:EPSG::4509")
    told = await imported(admin, content)
    assert told["report"]["crs"] == "EPSG:4509"
    await same_board(admin)


async def test_geojson_without_a_crs_is_wgs84_and_is_not_moved(admin: Client) -> None:
    told = await imported(admin, b"\xef\xbb\xbf" + collection(*board(2, 2)), "cells.json")
    assert told["report"]["crs"] in ("EPSG:4326", "OGC:CRS84")
    await same_board(admin)


@pytest.mark.parametrize("crs", [Crs.GCJ02, Crs.BD09])
async def test_vendor_data_is_put_back_to_its_place(admin: Client, crs: Crs) -> None:
    told = await imported(admin, collection(*moved(board(2, 2), MOVE[crs])), crs=crs)
    assert told["report"]["counts"] == {}
    assert crs in told["report"]["crs"]
    await same_board(admin)


async def test_vendor_data_in_web_mercator_is_put_back_too(admin: Client) -> None:
    shifted = moved(board(2, 2), wgs84_to_gcj02)
    to_mercator = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform
    content = collection(*moved(shifted, to_mercator), crs="urn:ogc:def:crs:EPSG::3857")
    await imported(admin, content, crs="gcj02")
    await same_board(admin)


async def test_a_system_without_an_exact_way_is_told(admin: Client) -> None:
    content = collection(*board(2, 2), crs="urn:ogc:def:crs:EPSG::4610")
    told = await imported(admin, content)
    assert findings(told, "approximate-crs")[0]["severity"] == "warning"


async def test_a_shapefile_without_a_declared_system_asks_for_crs(
    admin: Client, tmp_path: Path
) -> None:
    written = write(tmp_path / "cells.shp", board(2, 2), None)
    found = problem(await send(admin, zipped(written), "cells.zip"), 422, "missing-crs")
    assert "crs" in found["detail"]
    told = await imported(admin, zipped(written), "cells.zip", crs="cgcs2000")
    assert told["status"] == "done"
    await same_board(admin)


async def test_an_undeclared_projected_file_is_read_by_its_epsg_code(
    admin: Client, tmp_path: Path
) -> None:
    written = write(tmp_path / "cells.shp", projected(board(2, 2), "EPSG:4509"), None)
    await imported(admin, zipped(written), "cells.zip", crs="epsg:4509")
    await same_board(admin)


async def test_metres_read_as_degrees_are_refused(admin: Client) -> None:
    content = collection(*projected(board(2, 2), "EPSG:4509"))
    told = await imported(admin, content)
    assert told["status"] == "failed"
    assert "EPSG:4326" in told["report"]["failure"]["en"]


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
async def test_chinese_text_of_a_shapefile_that_does_not_say_its_encoding(
    admin: Client, tmp_path: Path, encoding: str
) -> None:
    written = write(tmp_path / "c.shp", board(1, 1), "EPSG:4490", encoding=encoding)
    assert written.with_suffix(".cpg").exists()
    await imported(admin, zipped(written, without=".cpg"), "c.zip")
    assert (await admin.get("/api/v1/cells")).json()["items"][0]["name"] == "网格610526001001001"


async def test_numeric_codes_become_digits(admin: Client, tmp_path: Path) -> None:
    shapes = np.array([shapely.Polygon(square(0, 0)), shapely.Polygon(square(1, 0))])
    codes = np.array([610526001001001.0, 610526001001002.0])
    path = tmp_path / "n.gpkg"
    names = np.array(["甲", "乙"], dtype=object)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        [codes, names],
        ["DM", "MC"],
        geometry_type="Polygon",
        crs="EPSG:4490",
    )
    await imported(admin, path.read_bytes(), "n.gpkg", code_field="DM", name_field="MC")
    listed = (await admin.get("/api/v1/cells")).json()["items"]
    assert [cell["code"] for cell in listed] == ["610526001001001", "610526001001002"]


async def test_one_of_several_layers_has_to_be_named(admin: Client, tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    write(path, board(2, 2), "EPSG:4490", layer="cells")
    write(path, board(1, 1, "x"), "EPSG:4490", layer="others", append=True)
    answer = await send(admin, path.read_bytes(), "two.gpkg")
    assert problem(answer, 422, "unknown-layer")["layers"] == ["cells", "others"]
    await imported(admin, path.read_bytes(), "two.gpkg", layer="cells")
    await same_board(admin)


async def test_multipolygons_and_heights_are_taken(admin: Client) -> None:
    with_height = [[[*xy, 12.5] for xy in square(0, 0)]]
    two = feature("a", square(0, 0))
    apart = [list(xy) for xy in square(3, 0)]
    two["geometry"] = {"type": "MultiPolygon", "coordinates": [with_height, [apart]]}
    await imported(admin, json.dumps({"type": "FeatureCollection", "features": [two]}).encode())
    cell = await admin.get("/api/v1/cells/a", headers={"Accept": "application/geo+json"})
    assert len(cell.json()["geometry"]["coordinates"]) == 2


async def test_a_line_is_no_cell(admin: Client) -> None:
    line = feature("a", square(0, 0))
    line["geometry"] = {"type": "LineString", "coordinates": square(0, 0)}
    told = await imported(admin, collection(line))
    assert "LineString" in findings(told, "empty-geometry")[0]["detail"]["en"]


async def test_only_features_of_the_asked_level_are_taken(admin: Client) -> None:
    content = collection(
        feature("A", square(0, 0, 4, 4), level="district"),
        feature("B", square(0, 0, 2, 4), level="subdistrict", parent="A"),
    )
    told = await imported(admin, content, level="district")
    assert (told["report"]["features"], told["report"]["skipped"]) == (1, 1)
    told = await imported(admin, content, level="subdistrict")
    assert told["report"]["changes"]["opened"] == 1
    area = (await admin.get("/api/v1/areas/B")).json()
    assert (area["level"], area["path"]) == ("subdistrict", ["A", "B"])


async def test_a_site_s_own_system_has_to_be_named(admin: Client, tmp_path: Path) -> None:
    metres = projected(board(2, 2), "EPSG:4509")
    written = write(tmp_path / "cells.shp", metres, "EPSG:4509")
    local = 'LOCAL_CS["site",UNIT["metre",1]]'
    written.with_suffix(".prj").write_text(local)
    told = await imported(admin, zipped(written), "cells.zip")
    assert told["status"] == "failed"
    assert "site" in told["report"]["failure"]["en"]
    await imported(admin, zipped(written), "cells.zip", crs="EPSG:4509")
    await same_board(admin)


@pytest.mark.slow
async def test_more_cells_than_a_statement_has_parameters(admin: Client) -> None:
    cells = [feature(f"{n}", square(n % 200, n // 200)) for n in range(33_000)]
    told = await imported(admin, collection(*cells), dry_run="true")
    assert told["report"]["changes"]["opened"] == 33_000
    assert told["report"]["counts"] == {}
