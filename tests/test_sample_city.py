"""The sample city in grids/: whole, rightly coded, and what its script makes."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Polygon, shape

ROOT = Path(__file__).resolve().parent.parent
GRIDS = ROOT / "grids"
CGCS2000 = Geod(a=6378137.0, rf=298.257222101)
PARENT_DIGITS = {"subdistrict": 6, "community": 9, "cell": 12}
DIGITS = {"district": 6, "subdistrict": 9, "community": 12, "cell": 15}


class Area(NamedTuple):
    code: str
    name: str
    level: str
    parent: str | None
    shape: Polygon


def read(name: str) -> dict[str, Any]:
    collection: dict[str, Any] = json.loads((GRIDS / name).read_bytes())
    return collection


@pytest.fixture(scope="module")
def areas() -> list[Area]:
    return [
        Area(**{"level": "cell", **feature["properties"]}, shape=shape(feature["geometry"]))
        for name in ("pucheng_areas.geojson", "pucheng_cells.geojson")
        for feature in read(name)["features"]
    ]


@pytest.fixture(scope="module")
def cells(areas: list[Area]) -> list[Area]:
    return [area for area in areas if area.level == "cell"]


def square_metres(polygon: Polygon) -> float:
    area: float = CGCS2000.geometry_area_perimeter(polygon)[0]
    return area


def edges(polygon: Polygon) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    return list(pairwise(polygon.exterior.coords))


def test_the_script_makes_the_same_bytes_again() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "make_sample_city.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_states_the_checksums_of_the_files() -> None:
    stated = dict(
        re.findall(
            r"^\| `(\S+)` \| [\d,]+ \| `(\w{64})` \|$", (GRIDS / "README.md").read_text(), re.M
        )
    )
    assert len(stated) == 3
    for name, digest in stated.items():
        assert hashlib.sha256((GRIDS / name).read_bytes()).hexdigest() == digest


def test_the_files_are_small_and_name_cgcs2000() -> None:
    for name in ("pucheng_areas.geojson", "pucheng_cells.geojson"):
        assert (GRIDS / name).stat().st_size < 1_000_000
        assert read(name)["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4490"
    assert (GRIDS / "pucheng.svg").stat().st_size < 200_000


def test_coordinates_are_longitude_first_with_seven_decimals(areas: list[Area]) -> None:
    points = np.vstack([np.array(area.shape.exterior.coords) for area in areas])
    assert (np.abs(points - [109.587, 34.957]) < [0.03, 0.03]).all()
    assert (points == points.round(7)).all()


def test_polygons_are_valid_simple_and_right_handed(areas: list[Area]) -> None:
    for area in areas:
        assert area.shape.geom_type == "Polygon"
        assert area.shape.is_valid, area.code
        assert area.shape.exterior.is_ccw, area.code
        assert not area.shape.interiors, area.code


def test_codes_follow_the_national_structure(areas: list[Area]) -> None:
    levels = {area.code: area.level for area in areas}
    assert len(levels) == len(areas)
    above = {"subdistrict": "district", "community": "subdistrict", "cell": "community"}
    for area in areas:
        assert re.fullmatch(rf"610526\d{{{DIGITS[area.level] - 6}}}", area.code)
        if area.level == "district":
            assert area.parent is None
        else:
            assert area.parent == area.code[: PARENT_DIGITS[area.level]]
            assert levels[area.parent] == above[area.level]


def test_names_are_unique_and_communities_say_that_they_are_made_up(areas: list[Area]) -> None:
    assert len({area.name for area in areas}) == len(areas)
    for area in areas:
        assert area.name.startswith("示例社区") == (area.level == "community")


def test_cells_are_numbered_without_gaps_from_the_north_west(cells: list[Area]) -> None:
    by_community: dict[str | None, list[Area]] = defaultdict(list)
    for cell in cells:
        by_community[cell.parent].append(cell)
    for members in by_community.values():
        assert [int(cell.code[12:]) for cell in members] == list(range(1, len(members) + 1))
        lat = [cell.shape.centroid.y for cell in members]
        lon = [cell.shape.centroid.x for cell in members]
        assert max(lat) - lat[0] < 0.00091 < max(lat) - lat[-1]  # the first is in the top 100 m
        eastward = sum(b > a for a, b in pairwise(lon))
        southward = sum(b < a for a, b in zip(lat, lat[9:], strict=False))
        assert eastward > 0.6 * len(lon)
        assert southward > 0.8 * (len(lat) - 9)


def test_there_are_about_six_hundred_cells_near_ten_thousand_square_metres(
    cells: list[Area],
) -> None:
    sizes = np.array([square_metres(cell.shape) for cell in cells])
    assert 560 <= len(cells) <= 640
    assert 9_500 < sizes.mean() < 10_500
    assert np.mean((sizes > 5_000) & (sizes < 20_000)) > 0.95
    assert sizes.min() > 3_000
    assert sizes.max() < 25_000


def test_cells_are_street_blocks_and_not_a_chessboard(cells: list[Area]) -> None:
    concave = [cell.shape.area / cell.shape.convex_hull.area < 0.88 for cell in cells]
    corners = Counter(len(shapely.simplify(cell.shape, 2e-5).exterior.coords) for cell in cells)
    assert 0.05 < np.mean(concave) < 0.35
    assert max(corners.values()) < 0.8 * len(cells)


@pytest.mark.parametrize("level", ["cell", "community", "subdistrict"])
def test_children_tile_their_parent_without_gap_or_overlap(areas: list[Area], level: str) -> None:
    by_parent: dict[str | None, list[Polygon]] = defaultdict(list)
    for area in areas:
        if area.level == level:
            by_parent[area.parent].append(area.shape)
    for parent in (area for area in areas if area.code in by_parent):
        children = by_parent[parent.code]
        whole = shapely.union_all(children)
        assert shapely.coverage_is_valid(children)
        assert whole.equals(parent.shape)
        assert whole.symmetric_difference(parent.shape).area == 0
        assert sum(map(square_metres, children)) == pytest.approx(
            square_metres(parent.shape), abs=0.01
        )


def test_no_two_cells_overlap_by_any_area(cells: list[Area]) -> None:
    shapes = np.array([cell.shape for cell in cells])
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    shared = shapely.intersection(shapes[left], shapes[right])[left < right]
    assert len(shared) > 2 * len(cells)
    assert shapely.area(shared).max() == 0


def test_neighbours_share_vertices(areas: list[Area]) -> None:
    """Inner edges are walked once each way, outer edges once: a T-junction is in every ring."""
    for level in DIGITS:
        walked = Counter(
            edge for area in areas if area.level == level for edge in edges(area.shape)
        )
        assert set(walked.values()) == {1}
        outline = {edge for edge in walked if edge[::-1] not in walked}
        assert outline == set(edges(areas[0].shape))


def test_no_vertex_lies_on_a_border_without_being_part_of_it(cells: list[Area]) -> None:
    vertices = shapely.points(
        sorted({point for cell in cells for point in cell.shape.exterior.coords})
    )
    tree = shapely.STRtree(vertices)
    for cell in cells:
        near = tree.query(cell.shape.exterior, predicate="dwithin", distance=1e-8)
        assert len(near) == len(cell.shape.exterior.coords) - 1, cell.code
