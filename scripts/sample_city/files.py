"""The city written down: GeoJSON for machines, a small map and a table of checksums for people."""

import colorsys
import hashlib
import json

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry import Polygon

from sample_city.areas import DECIMALS, TO_METRES, Area, in_metres

ABOUT = (
    "Synthetic sample data, CC0-1.0. An invented town laid where Pucheng county seat is; "
    "only the modelled built-up part, no real boundaries."
)
MARGIN = 40.0
CGCS2000 = Geod(a=6378137.0, rf=298.257222101)


def geojson(name: str, areas: list[Area], *, with_level: bool) -> bytes:
    """One feature a line; longitude before latitude, as GeoJSON and GDAL read it."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    head = {"type": "FeatureCollection", "name": name, "description": ABOUT, "crs": crs}
    lines = [feature(area, with_level=with_level) for area in areas]
    opening = compact(head)[:-1] + ',"features":[\n'
    return (opening + ",\n".join(lines) + "\n]}\n").encode()


def feature(area: Area, *, with_level: bool) -> str:
    facts: dict[str, str | None] = {"code": area.code, "name": area.name}
    if with_level:
        facts["level"] = area.level
    facts["parent"] = area.parent
    geometry = {"type": "Polygon", "coordinates": rings(area.shape)}
    return compact({"type": "Feature", "properties": facts, "geometry": geometry})


def rings(shape: Polygon) -> list[list[list[float]]]:
    return [
        [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring.coords]
        for ring in (shape.exterior, *shape.interiors)
    ]


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def map_svg(areas: list[Area], cells: list[Area]) -> bytes:
    """Cells tinted by community, borders heavier the higher the level."""
    town = paper(areas[0].shape)
    left, top = town.min(axis=0) - MARGIN
    width, height = np.ptp(town, axis=0) + 2 * MARGIN
    box = f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}"
    communities = [area for area in areas if area.level == "community"]
    subdistricts = [area for area in areas if area.level == "subdistrict"]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" '
        f'width="1000" height="{1000 * height / width:.0f}"'
        ' font-family="Noto Sans CJK SC,Source Han Sans SC,PingFang SC,Microsoft YaHei,sans-serif"'
        ' text-anchor="middle" stroke-linejoin="round">',
        "<title>Invented sample city: cells, communities, subdistricts</title>",
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}"'
        ' fill="#fff"/>',
    ]
    for number, area in enumerate(communities):
        members = "".join(path(cell.shape) for cell in cells if cell.parent == area.code)
        out.append(f'<path d="{members}" fill="{tint(number)}" stroke="#fff" stroke-width="5"/>')
    out.append(border(communities, "#7d8794", 6))
    out.append(border(subdistricts, "#2f3a4a", 13))
    out.extend(label(area, 44, "#3c4757") for area in communities)
    return ("\n".join([*out, "</svg>"]) + "\n").encode()


def paper(shape: Polygon) -> NDArray[np.float64]:
    """The outline in metres, south downwards."""
    x, y = TO_METRES.transform(*np.array(shape.exterior.coords).T)
    return np.column_stack([x, -y])


def path(shape: Polygon) -> str:
    return "M" + " ".join(f"{x:.0f} {y:.0f}" for x, y in paper(shape)[:-1]) + "z"


def border(areas: list[Area], colour: str, width: int) -> str:
    outline = "".join(path(area.shape) for area in areas)
    return f'<path d="{outline}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def label(area: Area, size: int, colour: str) -> str:
    place = in_metres(area.shape.representative_point())
    name = area.name.removeprefix("示例社区·")
    style = f'font-size="{size}" fill="{colour}"'
    return f'<text x="{place.x:.0f}" y="{-place.y:.0f}" {style}>{name}</text>'


def tint(number: int) -> str:
    """Hues a golden angle apart, so that neighbours in the list differ clearly."""
    red, green, blue = colorsys.hls_to_rgb(number * 0.381966 % 1, 0.84, 0.55)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def checksums(files: dict[str, bytes]) -> str:
    rows = [
        f"| `{name}` | {len(content):,} | `{hashlib.sha256(content).hexdigest()}` |"
        for name, content in files.items()
    ]
    return "\n".join(["| file | bytes | sha256 |", "|---|---|---|", *rows])


def counts(areas: list[Area], cells: list[Area]) -> str:
    """How many cells each area has, and how large they are on the ellipsoid."""
    rows = ["| code | name | level | cells | hectares |", "|---|---|---|---:|---:|"]
    for area in areas:
        members = sum(cell.code.startswith(area.code) for cell in cells)
        hectares = square_metres(area.shape) / 10_000
        rows.append(f"| {area.code} | {area.name} | {area.level} | {members} | {hectares:.1f} |")
    sizes = np.sort([square_metres(cell.shape) for cell in cells])
    low, middle, high = (round(float(np.quantile(sizes, q))) for q in (0.05, 0.5, 0.95))
    sentence = (
        f"{len(cells)} cells; area mean {sizes.mean():,.0f} m², median {middle:,} m², "
        f"nine in ten between {low:,} and {high:,} m², all between {sizes[0]:,.0f} and "
        f"{sizes[-1]:,.0f} m² (on the CGCS2000 ellipsoid)."
    )
    return "\n".join([*rows, "", sentence])


def square_metres(shape: Polygon) -> float:
    return abs(float(CGCS2000.geometry_area_perimeter(shape)[0]))
