"""What a photo says of itself: when, where, with what. Damaged words are no words."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from PIL import ExifTags, Image

from app.config import settings
from app.coordinates import Crs, to_storage

_FORMAT = "%Y:%m:%d %H:%M:%S"
_CAMERA_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Words:
    """EXIF's answer; the place is in stored degrees."""

    orientation: int = 1
    taken_at: datetime | None = None
    place: tuple[float, float] | None = None
    camera: str | None = None


def read(image: Image.Image) -> Words:
    """Read what can be read: nothing that EXIF holds is a reason to refuse a photo."""
    parts: list[Mapping[int, Any]] = [{}, {}, {}]
    with suppress(Exception):
        exif = image.getexif()
        parts[0] = exif
        parts[1] = exif.get_ifd(ExifTags.IFD.Exif)
        parts[2] = exif.get_ifd(ExifTags.IFD.GPSInfo)
    base, detail, gps = parts
    orientation = base.get(ExifTags.Base.Orientation, 1)
    return Words(orientation, _taken_at(detail, gps), _place(gps), _camera(base))


def _taken_at(detail: Mapping[int, Any], gps: Mapping[int, Any]) -> datetime | None:
    """The camera's clock where it names its zone, else the satellites', else the city's zone."""
    shown = detail.get(ExifTags.Base.DateTimeOriginal)
    offset = detail.get(ExifTags.Base.OffsetTimeOriginal) or detail.get(ExifTags.Base.OffsetTime)
    return _moment(shown, _zone(offset)) or _gps_time(gps) or _moment(shown, settings().zone)


def _moment(shown: Any, zone: tzinfo | None) -> datetime | None:
    with suppress(ValueError):
        moment = datetime.strptime(_text(shown), _FORMAT).replace(tzinfo=zone)
        if zone is not None and moment.year >= 1900:
            return moment.astimezone(UTC)
    return None


def _zone(offset: Any) -> tzinfo | None:
    with suppress(ValueError):
        return datetime.strptime(_text(offset), "%z").tzinfo
    return None


def _gps_time(gps: Mapping[int, Any]) -> datetime | None:
    with suppress(ValueError, TypeError, ArithmeticError):
        hour, minute, second = (int(part) for part in gps.get(ExifTags.GPS.GPSTimeStamp, ()))
        clock = f"{hour:02}:{minute:02}:{second:02}"
        return _moment(f"{_text(gps.get(ExifTags.GPS.GPSDateStamp))} {clock}", UTC)
    return None


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """EXIF speaks WGS84; a pair of zeros is a phone that did not know."""
    tags = ExifTags.GPS
    with suppress(ValueError, TypeError, ArithmeticError):
        lon = _degrees(gps.get(tags.GPSLongitude), gps.get(tags.GPSLongitudeRef), "W")
        lat = _degrees(gps.get(tags.GPSLatitude), gps.get(tags.GPSLatitudeRef), "S")
        if abs(lon) <= 180 and abs(lat) <= 90 and (lon, lat) != (0, 0):
            return to_storage(lon, lat, Crs.WGS84)
    return None


def _degrees(parts: Any, hemisphere: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if _text(hemisphere).upper() == negative else value


def _camera(base: Mapping[int, Any]) -> str | None:
    maker, model = (_text(base.get(tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
    named = model if model.startswith(maker) else f"{maker} {model}"
    return named.strip()[:_CAMERA_LENGTH] or None


def _text(value: Any) -> str:
    """EXIF's text, without the NULs that some cameras fill it up with."""
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""
