"""What an import file is worth before anything is written: findings, and the rows to change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from app.config import CodeScheme
from app.grids import changes, codes, geometry, topology
from app.grids.changes import Current, Incoming, Plan
from app.grids.codes import Parent, Rows
from app.grids.degrees import Tick, nothing
from app.grids.geometry import Mended
from app.grids.reading import Features
from app.grids.report import Finding, Kind, Report, warning
from app.grids.schemas import ImportOptions, Level
from app.grids.topology import Drawn


@dataclass(frozen=True, slots=True)
class Around:
    """What stands already: parents, rows of the same level, codes in use at other levels."""

    parents: Mapping[str, Parent]
    current: Current
    taken: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a cell should measure, and how many times off is worth a finding."""

    target_square_metres: float
    factor: float


@dataclass(frozen=True, slots=True)
class Draft:
    """A file's features, mended, with what was found on the way."""

    rows: Rows
    features: Features
    mended: Mended


def draft(features: Features, options: ImportOptions, scheme: CodeScheme) -> Draft:
    """Mend the shapes and put the rest beside them."""
    rows = Rows(options.level, scheme, features.codes, features.names, features.parents)
    return Draft(rows, features, geometry.mend(features.shapes, rows.labels))


def analyse(
    found: Draft, around: Around, options: ImportOptions, sizes: Sizes, tick: Tick = nothing
) -> tuple[Report, Plan]:
    """All findings, and what to write if they allow it."""
    incoming = _incoming(found, around.parents)
    fate = changes.fate_of(around.current, incoming)
    tick(0.2)
    findings = [
        *_of_crs(found.features),
        *codes.findings(found.rows, around.parents, around.taken),
        *found.mended.findings,
        *(_sizes(incoming, sizes) if options.level is Level.CELL else ()),
        *_topology(incoming.drawn, changes.staying(around.current, fate), around.parents, tick),
    ]
    plan = changes.plan(around.current, incoming, fate, around.parents)
    report = Report(
        len(found.rows.codes),
        found.features.skipped,
        found.features.crs,
        options.strict,
        findings,
        fate.counted(len(plan.opened)),
    )
    tick(1.0)
    return (report.without_changes(), Plan()) if report.errors else (report, plan)


def _incoming(found: Draft, parents: Mapping[str, Parent]) -> Incoming:
    """The features that have a shape; a parent that nobody knows is no parent."""
    index = [i for i, shape in enumerate(found.mended.shapes) if shape is not None]
    labels, named = found.rows.labels, found.rows.parents
    above = [code if code in parents else None for code in named]
    shapes = found.mended.shapes[index]
    return Incoming(
        Drawn([labels[i] for i in index], [above[i] for i in index], shapes),
        [found.rows.names[i] or labels[i] for i in index],
        [geometry.square_metres(shape) for shape in shapes],
        [bool(found.mended.repaired[i]) for i in index],
    )


def _of_crs(features: Features) -> Iterator[Finding]:
    if features.approximate:
        yield warning(
            Kind.APPROXIMATE_CRS,
            [],
            f"从 {features.crs} 到 CGCS2000 没有已知的精确转换，位置可能偏差上百米；"
            "请先用当地转换参数处理",
            f"no exact way from {features.crs} to CGCS2000 is known, places may be off by a hundred"
            " metres; convert the file with local parameters first",
        )


def _sizes(incoming: Incoming, sizes: Sizes) -> Iterator[Finding]:
    usual = sizes.target_square_metres
    for code, area in zip(incoming.drawn.codes, incoming.square_metres, strict=True):
        ratio = area / usual
        if not 1 / sizes.factor <= ratio <= sizes.factor:
            yield warning(
                Kind.SIZE,
                [code],
                f"面积 {area:.0f} 平方米，为标准（{usual:.0f}）的 {ratio:.2f} 倍",
                f"{area:.0f} m² is {ratio:.2f} times the usual {usual:.0f}",
                square_metres=area,
            )


def _topology(
    drawn: Drawn, staying: Drawn, parents: Mapping[str, Parent], tick: Tick
) -> Iterator[Finding]:
    return chain(
        topology.overlaps(drawn, lambda part: tick(0.2 + 0.5 * part)),
        topology.overlaps_with(drawn, staying),
        topology.outside(drawn, parents),
        topology.gaps(drawn, staying, parents),
        topology.holes(drawn, staying),
    )
