"""Curves of the plan become main blocks: the faces between ring road, river and main streets."""

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon

from sample_city.plan import FIELDS, RING_ROAD, RIVER, RIVER_WIDTH_METRES, STREETS, Point

VERTEX_SPACING_METRES = 65.0
CRUMB_METRES = 6.0
SMALLEST_MAIN_BLOCK = 12_000.0


def smooth(points: list[Point], *, closed: bool = False) -> list[Point]:
    """Run a Catmull-Rom curve through the points."""
    p = np.array(points, dtype=float)
    if closed:
        p = np.vstack([p[-1], p, p[:2]])
    else:
        p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    out: list[Point] = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        steps = max(1, round(float(np.hypot(*(c - b))) / VERTEX_SPACING_METRES))
        for t in np.arange(steps) / steps:
            x, y = 0.5 * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - a - 3 * c + d) * t**3
            )
            out.append((float(x), float(y)))
    out.append(out[0] if closed else points[-1])
    return out


def river() -> LineString:
    return LineString(smooth(RIVER))


def main_blocks() -> list[Polygon]:
    """Faces of the main street network, wedges too small to be a block joined to a neighbour."""
    town = Polygon(smooth(RING_ROAD, closed=True))
    banks = [river().offset_curve(side * RIVER_WIDTH_METRES / 2) for side in (1, -1)]
    lines = [LineString(smooth(street)) for street in STREETS]
    network = shapely.union_all([town.exterior, *lines, *banks])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    inside = [face for face in faces if town.contains(face.representative_point())]
    blocks = shapely.coverage_simplify(in_order(inside), CRUMB_METRES)  # crossings stay
    blocks = join_small(list(blocks), SMALLEST_MAIN_BLOCK)
    fields = MultiPoint(FIELDS)
    return in_order([block for block in blocks if not block.intersects(fields)])


def in_order(faces: list[Polygon]) -> list[Polygon]:
    """Same order and first vertex whatever order the geometry library found the faces in."""
    return sorted(
        (shapely.normalize(face) for face in faces),
        key=lambda face: (round(face.centroid.x, 3), round(face.centroid.y, 3)),
    )


def join_small(faces: list[Polygon], smallest: float) -> list[Polygon]:
    """Give each face that is too small to the neighbour it shares the longest border with."""
    faces = list(faces)
    while True:
        small = min(faces, key=lambda face: float(face.area))
        if small.area >= smallest:
            return faces
        faces.remove(small)
        border = [float(small.intersection(face).length) for face in faces]
        best = int(np.argmax(border))
        faces[best] = shapely.normalize(shapely.union_all([faces[best], small]))
