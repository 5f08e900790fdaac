"""What callers of the catalogue get."""

from typing import Literal

from app.schemas import Out


class CategoryOut(Out):
    """A small class: 部件 (component) or 事件 (event)."""

    code: str
    kind: Literal["component", "event"]
    big_name: str
    big_name_en: str
    name: str
    name_en: str
    scheme: str


class CategoryList(Out):
    items: list[CategoryOut]
