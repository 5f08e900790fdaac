"""Main blocks are cut by lanes, bent, jogged and cornered, until each piece is a cell's size."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import LinearRing, MultiPoint, Polygon

from sample_city.plan import OLD_TOWN

Ring = NDArray[np.float64]  # counter-clockwise, first vertex not repeated

SEED = 610526
SNAP_METRES = 17.0
ROOM_METRES = 19.0
TRIES = 5
SAME_METRES = 1e-6


class Frame(NamedTuple):
    """A block's own axes: where it starts, and how far it runs along and across."""

    origin: Ring
    along: Ring
    across: Ring
    length: float
    width: float

    def at(self, s: float, c: float) -> Ring:
        place: Ring = self.origin + s * self.length * self.along + c * self.width * self.across
        return place


class Lane(NamedTuple):
    """A line of bends inside a block, and the directions in which its two ends run out."""

    bends: list[Ring]
    start: Ring
    end: Ring


class Surveyor:
    """Cuts blocks; remembers where lanes meet streets, so that lanes run on across them."""

    def __init__(self) -> None:
        # RandomState's stream is frozen by numpy; that of default_rng may change.
        self.random = np.random.RandomState(SEED)
        self.junctions: Ring = np.empty((0, 2))

    def settled(self, ring: Ring) -> Ring:
        """The ring with what later lanes of its neighbours added to its sides."""
        return with_junctions(ring, self.junctions)

    def cut(self, block: Polygon) -> list[Ring]:
        """Cut one main block into cells."""
        waiting = [np.array(block.exterior.coords)[:0:-1]]  # normalized rings run clockwise
        cells: list[Ring] = []
        while waiting:
            ring = waiting.pop()
            pieces = self.halve(ring)
            if pieces:
                waiting.extend(pieces)
            else:
                cells.append(ring)
        return cells

    def halve(self, ring: Ring) -> tuple[Ring, Ring] | None:
        """Try several lanes and keep the one that leaves the best two pieces, if one does."""
        target = target_area(ring.mean(axis=0))
        size = area(ring)
        if size < target * self.random.uniform(1.35, 1.85):
            return None
        ring = with_junctions(ring, self.junctions)
        frame, sides = frame_of(ring), LinearRing(ring)
        style = self.draw_style(frame, size / target)
        best, best_score = None, 0.25 if size < 2.2 * target else 0.02
        for tried, drawn in enumerate([style] * TRIES + ["through"] * 4 * TRIES):
            if best is not None and tried >= TRIES:
                break
            lane = self.draw_lane(frame, drawn)
            room = MultiPoint(lane.bends).distance(sides)
            cut = split(ring, lane) if room > min(ROOM_METRES, frame.width / 4) else None
            if cut is None or min(area(cut[0]), area(cut[1])) < 0.5 * target:
                continue
            score = min(quality(cut[0]), quality(cut[1]))
            if score > best_score:
                best, best_score = cut, score
        if best is None:
            return None
        self.junctions = np.unique([*self.junctions, best[0][0], best[1][0]], axis=0)
        return best

    def draw_lane(self, frame: Frame, style: str) -> Lane:
        draw = self.random.uniform
        turn = np.radians(draw(-8, 8))
        across = np.cos(turn) * frame.across + np.sin(turn) * frame.along
        s, c = draw(0.34, 0.66), draw(0.35, 0.65)
        if style == "jogged":
            jog = draw(0.09, 0.16) * (1 if draw() < 0.5 else -1)
            s = 0.5 + (s - 0.5) / 3
            return Lane([frame.at(s - jog, c), frame.at(s + jog, c)], -across, across)
        if style == "cornered":
            ways = [1.0 if draw() < 0.5 else -1.0 for _ in range(2)]
            s, c = (0.5 - way * draw(0.02, 0.2) for way in ways)
            return Lane([frame.at(s, c)], ways[0] * frame.along, ways[1] * frame.across)
        return Lane([frame.at(s + draw(-0.02, 0.02), c)], -across, across)

    def draw_style(self, frame: Frame, cells: float) -> str:
        """Most lanes run through; near the size of a cell some are jogged or cut out a corner."""
        luck = self.random.uniform()
        if cells > 3.6 or frame.length > 2 * frame.width or luck < 0.56:
            return "through"
        return "jogged" if luck < 0.76 else "cornered"


def target_area(place: Ring) -> float:
    """Small courts in the old town, housing estates around it, works and depots at the edge."""
    away = float(np.hypot(*(place - np.array(OLD_TOWN))))
    return float(np.interp(away, [250, 600, 1100, 1700], [6300, 8150, 9700, 11400]))


def following(ring: Ring) -> Ring:
    return np.concatenate([ring[1:], ring[:1]])


def area(ring: Ring) -> float:
    ahead = following(ring)
    return float(ring[:, 0] @ ahead[:, 1] - ring[:, 1] @ ahead[:, 0]) / 2


def quality(ring: Ring) -> float:
    """Compactness, lowered for sharp corners; nought for a ring that crosses itself."""
    shape = Polygon(ring)
    if not shape.is_valid:
        return 0.0
    out = following(ring) - ring
    back = np.concatenate([ring[-1:], ring[:-1]]) - ring
    cosine = (out * back).sum(axis=1) / (np.hypot(*out.T) * np.hypot(*back.T))
    sharpest = np.arccos(np.clip(cosine.max(), -1, 1))
    compact = 4 * np.pi * shape.area / shape.length**2
    return float(compact * min(1.0, sharpest / np.radians(60)))


def frame_of(ring: Ring) -> Frame:
    """Axes along the prevailing right-angled direction of the sides."""
    sides = following(ring) - ring
    length, angle = np.hypot(*sides.T), np.arctan2(sides[:, 1], sides[:, 0])
    turn = np.arctan2(length @ np.sin(4 * angle), length @ np.cos(4 * angle)) / 4
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-along[1], along[0]])
    if np.ptp(ring @ along) < np.ptp(ring @ across):
        along, across = across, -along
    s, c = ring @ along, ring @ across
    origin = s.min() * along + c.min() * across
    return Frame(origin, along, across, float(np.ptp(s)), float(np.ptp(c)))


def with_junctions(ring: Ring, junctions: Ring) -> Ring:
    """The ring with every known junction on its sides as a vertex."""
    low, high = ring.min(axis=0) - 1, ring.max(axis=0) + 1
    near = junctions[((junctions > low) & (junctions < high)).all(axis=1)]
    if not len(near):
        return ring
    sides = following(ring) - ring
    length = np.hypot(*sides.T)
    x, y = (near[None, :, axis] - ring[:, None, axis] for axis in (0, 1))
    ahead = (x * sides[:, :1] + y * sides[:, 1:]) / length[:, None]
    aside = (y * sides[:, :1] - x * sides[:, 1:]) / length[:, None]
    spare = np.minimum(ahead, length[:, None] - ahead)
    side, which = np.nonzero((np.abs(aside) < SAME_METRES) & (spare > SAME_METRES))
    order = np.lexsort((ahead[side, which], side))
    return np.insert(ring, side[order] + 1, near[which[order]], axis=0)


def split(ring: Ring, lane: Lane) -> tuple[Ring, Ring] | None:
    """Both sides of a lane; each piece starts with one of the lane's two junctions."""
    first = meet(ring, lane.bends[0], lane.start)
    last = meet(ring, lane.bends[-1], lane.end)
    if first is None or last is None:
        return None
    ring = with_junctions(ring, np.array([first, last]))
    i, j = (int(np.abs(ring - place).sum(axis=1).argmin()) for place in (first, last))
    if i == j:
        return None
    there = np.roll(ring, -i, axis=0)[: (j - i) % len(ring) + 1]
    back = np.roll(ring, -j, axis=0)[: (i - j) % len(ring) + 1]
    return np.vstack([there, lane.bends[::-1]]), np.vstack([back, lane.bends])


def meet(ring: Ring, place: Ring, direction: Ring) -> Ring | None:
    """Where a lane running from a place meets the ring, pulled to a vertex that is close."""
    sides = following(ring) - ring
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = direction[0] * sides[:, 1] - direction[1] * sides[:, 0]
        gap = ring - place
        t = (gap[:, 0] * sides[:, 1] - gap[:, 1] * sides[:, 0]) / slope
        u = (gap[:, 0] * direction[1] - gap[:, 1] * direction[0]) / slope
        ahead = np.where((t > 0) & (u >= 0) & (u <= 1), t, np.inf)
    if not np.isfinite(ahead.min()):
        return None
    found: Ring = place + ahead.min() * direction
    apart = np.hypot(*(ring - found).T)
    return ring[apart.argmin()] if apart.min() < SNAP_METRES else found
