"""Small files that are made, not kept."""

import io
from datetime import datetime
from typing import Any

import numpy as np
from PIL import ExifTags, Image

HERE = (109.0005, 34.0005)
"""The middle of the first square, where the case is."""


def a_scene(seed: int = 1, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """A picture with large coloured spots, another one for each seed."""
    spots = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(spots).resize(size, Image.Resampling.BICUBIC)


def packed(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The image as a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def an_exif(
    *,
    taken: datetime | str | None = None,
    offset: str | None = None,
    place: tuple[float, float] | None = None,
    gps_time: datetime | None = None,
    orientation: int | None = None,
    camera: tuple[str, str] | None = None,
) -> Image.Exif:
    """What a phone writes into a photo."""
    exif = Image.Exif()
    if orientation:
        exif[ExifTags.Base.Orientation] = orientation
    if camera:
        exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = camera
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    if taken:
        text = taken if isinstance(taken, str) else f"{taken:%Y:%m:%d %H:%M:%S}"
        detail[ExifTags.Base.DateTimeOriginal] = text
    if offset:
        detail[ExifTags.Base.OffsetTimeOriginal] = offset
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if place:
        lon, lat = place
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLatitudeRef] = "E", "N"
        gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLatitude] = _dms(lon), _dms(lat)
    if gps_time:
        gps[ExifTags.GPS.GPSDateStamp] = f"{gps_time:%Y:%m:%d}"
        gps[ExifTags.GPS.GPSTimeStamp] = (gps_time.hour, gps_time.minute, gps_time.second)
    return exif


def _dms(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return (float(whole), float(minutes), round(((degrees - whole) * 60 - minutes) * 60, 4))


def a_photo(seed: int = 1, **exif: Any) -> bytes:
    """A JPEG."""
    return packed(a_scene(seed), quality=90, exif=an_exif(**exif))


MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 100
PDF = b"%PDF-1.7\n" + b"\x00" * 100
AMR = b"#!AMR\n" + b"\x00" * 100
