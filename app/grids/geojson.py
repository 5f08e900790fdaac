"""GeoJSON on request: what the client accepts, and collections with a link to the next page."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Request, Response

from app.grids.listing import Page
from app.pages import as_json
from app.replies import json_reply

MEDIA_TYPE = "application/geo+json"
VARY = {"Vary": "Accept"}
OFFERED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "JSON, or GeoJSON (RFC 7946, degrees of CGCS2000) for "
        f"`Accept: {MEDIA_TYPE}`",
        "content": {MEDIA_TYPE: {"schema": {"type": "object"}}},
    }
}


def _wanted(request: Request) -> bool:
    return MEDIA_TYPE in request.headers.get("accept", "").lower()


Wanted = Annotated[bool, Depends(_wanted)]


def one(body: str, geojson: bool) -> Response:
    """One thing."""
    if geojson:
        return Response(body, headers=VARY, media_type=MEDIA_TYPE)
    return json_reply(body, headers=VARY)


def many(items: list[str], geojson: bool) -> Response:
    """All of a short list."""
    if geojson:
        return Response(_collection(items, {}), headers=VARY, media_type=MEDIA_TYPE)
    return json_reply('{"items":[' + ",".join(items) + "]}", headers=VARY)


def page(request: Request, found: Page, geojson: bool) -> Response:
    """A page; the next one is named in the body and in a Link header."""
    headers = dict(VARY)
    if found.following is not None:
        following = request.url.include_query_params(after=found.following)
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    if geojson:
        body = _collection(found.items, {"next": found.following})
        return Response(body, headers=headers, media_type=MEDIA_TYPE)
    return json_reply(as_json(found.items, found.following), headers=headers)


def _collection(items: list[str], members: dict[str, Any]) -> bytes:
    head = orjson.dumps({"type": "FeatureCollection", **members})[:-1]
    return head + b',"features":[' + ",".join(items).encode() + b"]}"
