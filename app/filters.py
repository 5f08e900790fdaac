"""What filters of several lists share: a box in degrees, and text as a LIKE pattern takes it."""

from typing import Annotated

from pydantic import AfterValidator, Field


def _inside_the_world(bbox: str) -> str:
    west, south, east, north = (float(side) for side in bbox.split(","))
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("应为 西,南,东,北（度）|expected west,south,east,north in degrees")
    return bbox


Bbox = Annotated[
    str,
    Field(
        pattern=r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$",
        max_length=100,
        description="west,south,east,north in degrees of CGCS2000",
    ),
    AfterValidator(_inside_the_world),
]


def corners(bbox: str) -> dict[str, float]:
    """The sides of a box by the names of their parameters: w, s, e, n."""
    return dict(zip("wsen", map(float, bbox.split(",")), strict=True))


def escaped(text: str) -> str:
    """Text that stands for itself in a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
