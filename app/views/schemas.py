"""What callers send and get of saved views."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.schemas import In, Line, Out, Text

ViewName = Annotated[Text, Field(min_length=1, max_length=40)]
Name = Annotated[Text, Field(min_length=1, max_length=64)]
Value = Annotated[Text, Field(max_length=200)]


class View(In):
    """Where a view leads: a page of the console, and its filters as its address has them."""

    path: Annotated[Line, Field(pattern=r"^/([^/\\?#\s][^?#\s]*)?$")]
    query: dict[Name, Value | list[Value]] = Field({}, max_length=50)
    position: int = Field(0, ge=0, le=10_000, description="Lower ones come first")


class ViewOut(Out):
    """A saved view."""

    name: str
    path: str
    query: dict[str, str | list[str]]
    position: int
    updated_at: datetime


class ViewList(Out):
    items: list[ViewOut]
