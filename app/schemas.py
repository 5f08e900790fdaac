"""Shapes that several domains share: text, coordinates, times, the problem object."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from app.coordinates import Crs


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("不能含有空字符（U+0000）|must not contain the character U+0000")
    return value


def _in_postgres_range(value: datetime) -> datetime:
    if not 1900 <= value.year <= 9000:
        raise ValueError("年份应在 1900 至 9000 之间|the year must lie between 1900 and 9000")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_storable)]
Line = Annotated[Text, Field(min_length=1, max_length=200)]
Code = Annotated[Text, Field(min_length=1, max_length=64)]
Prose = Annotated[Text, Field(min_length=1, max_length=2000)]
Phone = Annotated[Text, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{2,30}$")]
Moment = Annotated[AwareDatetime, AfterValidator(_in_postgres_range)]


def _latitude(value: float) -> float:
    if 90 < abs(value) <= 180:
        raise ValueError(
            "纬度应在 -90 至 90 之间；lon 与 lat 可能写反了"
            "|a latitude lies between -90 and 90; lon and lat may be swapped"
        )
    return value


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("应为数字|expected a number")
    return value


Longitude = Annotated[float, BeforeValidator(_no_bool), Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[
    float,
    BeforeValidator(_no_bool),
    AfterValidator(_latitude),
    Field(ge=-180, le=180, allow_inf_nan=False),
]


class In(BaseModel):
    """What callers send: an unknown field is an error, not a surprise."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """What callers get."""

    model_config = ConfigDict(from_attributes=True)


class Place(In):
    """A pair of degrees and the system that it is in."""

    lon: Longitude
    lat: Latitude
    crs: Crs = Field(description="cgcs2000, wgs84 (phones), gcj02 (AMap, Tencent), bd09 (Baidu)")


class Problem(BaseModel):
    """RFC 9457: every answer that is not 2xx."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[dict[str, Any]] | None = None
