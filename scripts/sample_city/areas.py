"""Cells become areas: one shared set of vertices, communities, codes and names."""

from itertools import groupby
from typing import NamedTuple

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Point as Place
from shapely.geometry import Polygon

from sample_city import plan
from sample_city.blocks import Ring, Surveyor
from sample_city.streets import main_blocks, river

TO_METRES = Transformer.from_crs(
    "EPSG:4490",
    f"+proj=tmerc +lat_0={plan.CENTRE_LAT} +lon_0={plan.CENTRE_LON} +ellps=GRS80 +units=m",
    always_xy=True,
)
DECIMALS = 7
ROW_METRES = 100.0


class Area(NamedTuple):
    code: str
    name: str
    level: str
    parent: str | None
    shape: Polygon


class Drawn(NamedTuple):
    """A cell in degrees, with its place in metres and the community it falls to."""

    shape: Polygon
    place: Place
    community: int


def city() -> tuple[list[Area], list[Area]]:
    """The areas (district, subdistricts, communities) and the cells."""
    surveyor = Surveyor()
    drawn = [
        (ring, community)
        for block in main_blocks()
        for community in [community_of(block)]
        for ring in surveyor.cut(block)
    ]
    shapes = [in_degrees(surveyor.settled(ring)) for ring, _ in drawn]
    if not shapely.coverage_is_valid(shapes):
        raise ValueError("cells no longer fit together after rounding")
    cells = coded_cells(
        [
            Drawn(shape, in_metres(shape.centroid), community)
            for shape, (_, community) in zip(shapes, drawn, strict=True)
        ]
    )
    return united(cells), cells


def in_degrees(ring: Ring) -> Polygon:
    lon, lat = TO_METRES.transform(*ring.T, direction="INVERSE")
    return Polygon(np.column_stack([lon, lat]).round(DECIMALS))


def in_metres(place: Place) -> Place:
    return Place(*TO_METRES.transform(place.x, place.y))


def community_of(block: Polygon) -> int:
    """The community whose spot on the same bank is nearest; the river is the west bank's."""
    place = block.representative_point()
    course = np.array(river().coords)[::-1]
    bank = int(place.x > np.interp(place.y, course[:, 1], course[:, 0]) + plan.RIVER_WIDTH_METRES)
    apart = [
        (place.distance(Place(community.spot)), number)
        for number, community in enumerate(plan.COMMUNITIES)
        if community.subdistrict == bank
    ]
    return min(apart)[1]


def coded_cells(found: list[Drawn]) -> list[Area]:
    """Numbered in each community by rows: from west to east, the rows from north to south."""
    cells: list[Area] = []
    ordered = sorted(found, key=lambda cell: (cell.community, -cell.place.y, cell.place.x))
    for number, group in groupby(ordered, key=lambda cell: cell.community):
        members = list(group)
        north = members[0].place.y
        members.sort(key=lambda cell: ((north - cell.place.y) // ROW_METRES, cell.place.x))
        parent, name = community_code(number), plan.COMMUNITIES[number].name
        for sequence, cell in enumerate(members, start=1):
            code = f"{parent}{sequence:03d}"
            label = f"{name}-{sequence:03d}"
            cells.append(Area(code, label, "cell", parent, tidy(cell.shape)))
    return cells


def community_code(number: int) -> str:
    bank = plan.COMMUNITIES[number].subdistrict
    before = sum(community.subdistrict == bank for community in plan.COMMUNITIES[:number])
    return f"{plan.SUBDISTRICTS[bank][0]}{before + 1:03d}"


def united(cells: list[Area]) -> list[Area]:
    """Parents are nothing but their cells put together, so that all borders are the same."""
    district, name = plan.DISTRICT
    areas = [Area(district, name, "district", None, put_together(cells, district))]
    for code, name in plan.SUBDISTRICTS:
        areas.append(Area(code, name, "subdistrict", district, put_together(cells, code)))
    for number, community in enumerate(plan.COMMUNITIES):
        code, name = community_code(number), f"示例社区·{community.name}"
        areas.append(Area(code, name, "community", code[:9], put_together(cells, code)))
    return areas


def put_together(cells: list[Area], prefix: str) -> Polygon:
    members = [cell.shape for cell in cells if cell.code.startswith(prefix)]
    whole = shapely.coverage_union_all(members)
    parts = shapely.get_parts(whole)
    if len(parts) != 1:
        raise ValueError(f"{prefix} falls into {len(parts)} parts")
    return tidy(parts[0])


def tidy(shape: Polygon) -> Polygon:
    """First vertex the least one, ring by the right-hand rule (RFC 7946)."""
    turned: Polygon = shapely.orient_polygons(shapely.normalize(shape), exterior_cw=False)
    return turned
