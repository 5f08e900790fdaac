"""Whether polygons tile their parents: overlaps, gaps, what sticks out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from app.grids.codes import Parent
from app.grids.degrees import Tick
from app.grids.geometry import as_geojson, notable
from app.grids.report import Finding, Kind, warning

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Drawn:
    """Valid shapes with their codes and the codes of their parents."""

    codes: Sequence[str]
    parents: Sequence[str | None]
    shapes: Any

    def __len__(self) -> int:
        return len(self.codes)


def overlaps(drawn: Drawn, tick: Tick) -> Iterator[Finding]:
    """Pairs within the file."""
    tree = shapely.STRtree(drawn.shapes)
    for start in range(0, len(drawn), AT_ONCE):
        some = drawn.shapes[start : start + AT_ONCE]
        left, right = tree.query(some, predicate="intersects")
        left = left + start
        once = left < right
        yield from _shared(drawn, left[once], drawn, right[once])
        tick((start + len(some)) / len(drawn))


def overlaps_with(drawn: Drawn, staying: Drawn) -> Iterator[Finding]:
    """Pairs of the file's polygons and current ones that the import leaves in place."""
    left, right = shapely.STRtree(staying.shapes).query(drawn.shapes, predicate="intersects")
    yield from _shared(drawn, left, staying, right)


def _shared(one: Drawn, left: Any, other: Drawn, right: Any) -> Iterator[Finding]:
    shared = shapely.intersection(one.shapes[left], other.shapes[right])
    for index, shape, area in notable(shared):
        pair = sorted((one.codes[left[index]], other.codes[right[index]]))
        yield warning(
            Kind.OVERLAP,
            pair,
            f"{pair[0]} 与 {pair[1]} 重叠 {area:.2f} 平方米",
            f"{pair[0]} and {pair[1]} overlap by {area:.2f} m²",
            square_metres=area,
            geometry=as_geojson(shape),
        )


def outside(drawn: Drawn, parents: Mapping[str, Parent]) -> Iterator[Finding]:
    """What sticks out of the parent."""
    inside = [i for i, code in enumerate(drawn.parents) if code in parents]
    if not inside:
        return
    above = np.array([parents[str(drawn.parents[i])].shape for i in inside], dtype=object)
    for index, shape, area in notable(shapely.difference(drawn.shapes[inside], above)):
        code, parent = drawn.codes[inside[index]], drawn.parents[inside[index]]
        yield warning(
            Kind.OUTSIDE_PARENT,
            [code, str(parent)],
            f"{code} 有 {area:.2f} 平方米位于上级区域 {parent} 之外",
            f"{area:.2f} m² of {code} lie outside its parent {parent}",
            square_metres=area,
            geometry=as_geojson(shape),
        )


def gaps(drawn: Drawn, staying: Drawn, parents: Mapping[str, Parent]) -> Iterator[Finding]:
    """What no child covers in a parent that the file has children of."""
    children: dict[str, list[Any]] = defaultdict(list)
    for part in (drawn, staying):
        for code, shape in zip(part.parents, part.shapes, strict=True):
            if code is not None and code in parents:
                children[code].append(shape)
    for code in sorted({str(code) for code in drawn.parents if code in parents}):
        left = shapely.difference(parents[code].shape, shapely.union_all(children[code]))
        yield from _holes([code], shapely.get_parts(left))


def holes(drawn: Drawn, staying: Drawn) -> Iterator[Finding]:
    """What polygons without a parent leave open between them."""
    alone = drawn.shapes[[code is None for code in drawn.parents]]
    if not len(alone):
        return
    others = staying.shapes[[code is None for code in staying.parents]]
    whole = shapely.union_all(np.concatenate([alone, others]))
    rings = [ring for part in shapely.get_parts(whole) for ring in part.interiors]
    if not rings:
        return
    tree = shapely.STRtree(drawn.shapes)
    for hole in shapely.polygons(rings):
        around = sorted(drawn.codes[i] for i in tree.query(hole, predicate="intersects"))
        yield from _holes(around, np.array([hole], dtype=object))


def _holes(codes: Sequence[str], parts: Any) -> Iterator[Finding]:
    for _, shape, area in notable(parts):
        named = "、".join(codes), ", ".join(codes)
        yield warning(
            Kind.GAP,
            codes,
            f"{named[0]}：有 {area:.2f} 平方米未被覆盖",
            f"{named[1]}: {area:.2f} m² are covered by nothing",
            square_metres=area,
            geometry=as_geojson(shape),
        )


def mostly_covered(older: Any, newer: Any) -> Any:
    """Which older shapes lie by more than half of their area below newer ones."""
    left, right = shapely.STRtree(newer).query(older, predicate="intersects")
    covered = np.zeros(len(older), dtype=bool)
    order = np.argsort(left, kind="stable")
    indexes, begins = np.unique(left[order], return_index=True)
    for index, above in zip(indexes, np.split(right[order], begins[1:]), strict=False):
        whole = shapely.union_all(newer[above])
        shared = shapely.area(shapely.intersection(older[index], whole))
        covered[index] = shared > shapely.area(older[index]) / 2
    return covered
