"""HTTP of the map: vector tiles, cases by area, stewards at their posts."""

import gzip
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from app.auth import Actor, may
from app.grids.schemas import AreaLevel
from app.permissions import Permission
from app.problems import Invalid
from app.replies import IfNoneMatch, holds, json_reply
from app.tiles import cases, counts, grid, people
from app.tiles.edges import DEEPEST, Place
from app.tiles.schemas import (
    AreaCountList,
    CaseFilter,
    CountFilter,
    StewardFilter,
    StewardList,
)

router = APIRouter(prefix="/api/v1", tags=["map"])
MVT = "application/vnd.mapbox-vector-tile"
TILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A Mapbox vector tile in Web Mercator",
        "content": {MVT: {"schema": {"type": "string", "format": "binary"}}},
    },
    204: {"description": "Cells are not drawn at this zoom"},
    304: {"description": "The tile of `If-None-Match` is still right"},
}
GridReader = Annotated[Actor, may(Permission.GRID_READ)]
CaseReader = Annotated[Actor, may(Permission.INCIDENT_READ)]
Encoding = Annotated[str, Header(alias="Accept-Encoding", include_in_schema=False)]
Zoom = Annotated[int, Path(ge=0, le=DEEPEST)]
Step = Annotated[int, Path(ge=0, lt=2**DEEPEST)]


async def _place(z: Zoom, x: Step, y: Step) -> Place:
    """Where a tile may be: columns and rows double with each zoom."""
    most = 2**z - 1
    detail = f"缩放级别 {z} 应在 0 至 {most} 之间 / must lie between 0 and {most} at zoom {z}"
    wrong = [f"path/{name}" for name, value in (("x", x), ("y", y)) if value > most]
    if wrong:
        raise Invalid([{"pointer": pointer, "detail": detail} for pointer in wrong])
    return Place(z, x, y)


@router.get("/tiles/areas/{z}/{x}/{y}.mvt", response_class=Response, responses=TILE)
async def get_area_tile(
    actor: GridReader,
    place: Annotated[Place, Depends(_place)],
    level: Annotated[AreaLevel | None, Query(description="By zoom: from 10, from 13")] = None,
    if_none_match: IfNoneMatch = None,
    encoding: Encoding = "",
) -> Response:
    """Areas of one level: layer `areas`, and `labels` with a point in each; code, name, parent."""
    version = await grid.version_of("areas")
    if holds(if_none_match, version):
        return _unchanged(version)
    drawn = await grid.areas(place, level or grid.level_at(place.z))
    return _tile(drawn.version, drawn.body, encoding)


@router.get("/tiles/cells/{z}/{x}/{y}.mvt", response_class=Response, responses=TILE)
async def get_cell_tile(
    actor: GridReader,
    place: Annotated[Place, Depends(_place)],
    if_none_match: IfNoneMatch = None,
    encoding: Encoding = "",
) -> Response:
    """Cells, from zoom 12 on: code, name, area_code, steward, and whether it is `manned`."""
    if place.z < grid.CELLS_FROM:
        return Response(status_code=204)
    version = await grid.version_of("cells")
    if holds(if_none_match, version):
        return _unchanged(version)
    drawn = await grid.cells(place)
    return _tile(drawn.version, drawn.body, encoding)


@router.get("/tiles/cases/{z}/{x}/{y}.mvt", response_class=Response, responses=TILE)
async def get_case_tile(
    actor: CaseReader,
    place: Annotated[Place, Depends(_place)],
    filters: Annotated[CaseFilter, Query()],
    if_none_match: IfNoneMatch = None,
    encoding: Encoding = "",
) -> Response:
    """Cases that you may see: clusters (count, red, yellow) below zoom 14, then single ones."""
    drawn = await cases.tile(actor, place, filters)
    version = blake2b(drawn.body, digest_size=12).hexdigest()
    if holds(if_none_match, version):
        return _unchanged(version)
    return _tile(version, drawn.body, encoding)


@router.get("/map/areas", response_model=AreaCountList)
async def count_cases_by_area(
    actor: CaseReader, filters: Annotated[CountFilter, Query()]
) -> Response:
    """Areas of a level with their cases that you may see: open, overdue, reported."""
    return json_reply(await counts.by_area(actor, filters))


@router.get("/map/stewards", response_model=StewardList)
async def list_stewards_on_map(
    actor: Annotated[Actor, may(Permission.PEOPLE_READ)], where: Annotated[StewardFilter, Query()]
) -> Response:
    """Stewards on duty now, each at the middle of the cell or area of the post."""
    return json_reply(await people.stewards(where))


def _headers(version: str) -> dict[str, str]:
    """To be kept by who got it, and asked for again each time."""
    tag = f'W/"{version}"'
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}


def _unchanged(version: str) -> Response:
    return Response(status_code=304, headers=_headers(version))


def _tile(version: str, packed: bytes, encoding: str) -> Response:
    headers = _headers(version)
    if "gzip" in encoding:
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=MVT)
    return Response(gzip.decompress(packed), headers=headers, media_type=MVT)
