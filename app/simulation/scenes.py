"""Photos of scenes that never were: small JPEGs, each another one, with a phone's words in them."""

import io
from datetime import datetime
from random import Random

from PIL import ExifTags, Image, ImageDraw

SIZE = (320, 240)
PATCHES = (8, 6)
HORIZON = 110


def photo(rng: Random, taken_at: datetime, lon: float, lat: float) -> bytes:
    """A street with something on it, seen at a moment from a place (degrees)."""
    patches = Image.frombytes("RGB", PATCHES, rng.randbytes(PATCHES[0] * PATCHES[1] * 3))
    image = patches.resize(SIZE, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    left, right = rng.randrange(20, 140), rng.randrange(180, 300)
    draw.polygon([(left, SIZE[1]), (150, HORIZON), (170, HORIZON), (right, SIZE[1])], "#555555")
    for _ in range(rng.randrange(2, 6)):
        x, y, side = rng.randrange(260), rng.randrange(HORIZON, 200), rng.randrange(12, 48)
        draw.rectangle((x, y, x + side, y + side), _colour(rng), "black")
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=70, exif=_words(taken_at, lon, lat))
    return packed.getvalue()


def _colour(rng: Random) -> tuple[int, int, int]:
    red, green, blue = rng.randbytes(3)
    return red, green, blue


def _words(taken_at: datetime, lon: float, lat: float) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Wangge"
    exif[ExifTags.Base.Model] = "Simulation"
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    detail[ExifTags.Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    detail[ExifTags.Base.OffsetTimeOriginal] = taken_at.isoformat()[-6:]
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLongitudeRef] = "E" if lon >= 0 else "W"
    gps[ExifTags.GPS.GPSLatitudeRef] = "N" if lat >= 0 else "S"
    gps[ExifTags.GPS.GPSLongitude] = _degrees(abs(lon))
    gps[ExifTags.GPS.GPSLatitude] = _degrees(abs(lat))
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    return float(int(value)), float(int(value * 60) % 60), round(value * 3600 % 60, 4)
