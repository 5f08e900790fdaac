"""Keyset pagination: a page is cut by the last row seen, never by counting from the start."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any

import orjson
from fastapi import Query

from app.problems import Invalid

Limit = Annotated[int, Query(ge=1, le=200, description="Rows on a page")]
After = Annotated[str | None, Query(max_length=512, description="`next` of the page before")]


def encode(*key: Any) -> str:
    """The sort key of the last row as an opaque cursor."""
    return urlsafe_b64encode(orjson.dumps(key, default=str)).rstrip(b"=").decode()


def decode(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The sort key in a cursor; a damaged one is the caller's mistake."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = orjson.loads(urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(key, list) or len(key) != len(kinds):
            raise ValueError("length")
        return tuple(_read(value, kind) for value, kind in zip(key, kinds, strict=True))
    except (ValueError, TypeError) as error:
        raise _damaged() from error


def digits(part: str) -> str:
    """A part of a cursor that must be a transaction number."""
    if not (part.isascii() and part.isdigit() and len(part) < 20):
        raise _damaged()
    return part


def _damaged() -> Invalid:
    return Invalid([{"pointer": "query/after", "detail": "无效的游标 / not a cursor of this list"}])


def _read(value: Any, kind: type) -> Any:
    from_text = getattr(kind, "fromisoformat", kind)
    if not isinstance(value, str | int) or (isinstance(value, str) and "\x00" in value):
        raise ValueError("kind")
    return from_text(value)


def as_json(items: list[str], following: str | None) -> bytes:
    """A page of rows that are JSON already."""
    tail = orjson.dumps({"next": following})[1:]
    return b'{"items":[' + ",".join(items).encode() + b"]," + tail
