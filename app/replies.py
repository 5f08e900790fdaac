"""Answers whose JSON was built in the database, and the headers that versions travel in."""

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from app.problems import Invalid
from app.words import language

_TAG = re.compile(r'^(?:W/)?"(\d{1,9})"$')


def json_reply(
    body: bytes | str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON that needs no further serialising."""
    return Response(body, status, headers, media_type="application/json")


def _version(if_match: Annotated[str | None, Header(max_length=64)] = None) -> int | None:
    """The version in If-Match: None when absent or `*`."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.match(if_match.strip())
    if found is None:
        detail = '应为带引号的版本号，例如 "3" / send a quoted version, e.g. "3"'
        raise Invalid([{"pointer": "header/if-match", "detail": detail}])
    return int(found[1])


IfMatch = Annotated[int | None, Depends(_version)]
IfNoneMatch = Annotated[str | None, Header(max_length=200)]


def holds(if_none_match: str | None, version: int | str) -> bool:
    """Whether the caller has this version already."""
    known = {part.strip().removeprefix("W/") for part in (if_none_match or "").split(",")}
    return f'"{version}"' in known


def tagged(version: int | str, body: bytes | str, if_none_match: str | None = None) -> Response:
    """A versioned thing with its ETag, or 304 when the caller has this version."""
    tag = f'"{version}"'
    if holds(if_none_match, version):
        return Response(status_code=304, headers={"ETag": tag})
    return json_reply(body, 200, {"ETag": tag})


def created(location: str, body: str, replayed: bool) -> Response:
    """201 for a new thing; a replay gets the same body and says so in a header."""
    again = {"Idempotent-Replayed": "true"} if replayed else {}
    return json_reply(body, 201, {"Location": location, "ETag": '"1"', **again})


def _language(request: Request) -> str:
    return language(request.headers)


Language = Annotated[str, Depends(_language)]
