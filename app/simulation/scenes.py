"""Photos of scenes that never were: small JPEGs of a street, with a phone's words in them."""

import io
from datetime import datetime
from random import Random

from PIL import ExifTags, Image, ImageDraw

SIZE = WIDTH, HEIGHT = 640, 480
STEP = 40
LITTER = ("#e8e4d8", "#2d3a2b", "#7d2e2a", "#c9a227", "#3b5f7d", "#5b4636", "#d4dbe0")

Colour = tuple[int, int, int]


def photo(
    rng: Random, taken_at: datetime, lon: float, lat: float, *, street: str = "", tidy: bool = False
) -> bytes:
    """A street seen at a moment from a place (degrees), with something on it or cleared.

    The same `street` looks the same again, from a step further left or right.
    """
    stage = Random(street or rng.random())  # noqa: S311 - a picture
    image = Image.new("RGB", SIZE, _grey(stage, 120, 235, blue=12))
    draw = ImageDraw.Draw(image)
    horizon = stage.randrange(170, 270)
    _houses(draw, stage, horizon)
    _road(draw, stage, horizon)
    if not tidy:
        _heap(draw, rng, stage, horizon)
    x, y = rng.randrange(STEP), rng.randrange(STEP)
    framed = image.crop((x, y, x + WIDTH - STEP, y + HEIGHT - STEP))
    packed = io.BytesIO()
    words = _words(taken_at, lon, lat)
    framed.save(packed, "JPEG", quality=72, exif=words)
    return packed.getvalue()


def _houses(draw: ImageDraw.ImageDraw, stage: Random, horizon: int) -> None:
    """Fronts of several storeys along the street, with lit and dark windows."""
    left = -stage.randrange(80)
    while left < WIDTH:
        right = left + stage.randrange(70, 230)
        top = stage.randrange(-40, horizon - 40)
        wall = _grey(stage, 40, 225, blue=-18)
        draw.rectangle((left, top, right, horizon), wall)
        pane = _grey(stage, 20, 240, blue=20)
        across, down = stage.randrange(26, 48), stage.randrange(30, 56)
        for y in range(top + 14, horizon - down // 2, down):
            for x in range(left + 10, right - across // 2, across):
                draw.rectangle((x, y, x + across // 2, y + down // 2), pane)
        sign = tuple(stage.randrange(60, 220) for _ in range(3))
        draw.rectangle((left, horizon - 22, right, horizon - 8), sign)
        left = right + stage.choice((0, 0, 0, 30, 90))


def _road(draw: ImageDraw.ImageDraw, stage: Random, horizon: int) -> None:
    """Pavement and carriageway that meet somewhere on the horizon, and a tree or two."""
    draw.rectangle((0, horizon, WIDTH, HEIGHT), _grey(stage, 110, 215))
    meet = stage.randrange(60, WIDTH - 60)
    near, far = stage.randrange(-200, WIDTH // 2), stage.randrange(WIDTH // 2, WIDTH + 200)
    lane = [(near, HEIGHT), (meet - 12, horizon), (meet + 12, horizon), (far, HEIGHT)]
    draw.polygon(lane, _grey(stage, 35, 125))
    middle = (near + far) // 2
    draw.line([(meet, horizon), (middle, HEIGHT)], "#dcd6b4", 4)
    for _ in range(stage.randrange(0, 3)):
        x, base, crown = stage.randrange(WIDTH), stage.randrange(horizon, horizon + 90), 70
        draw.rectangle((x - 6, base - 130, x + 6, base), "#4f4034")
        leaf = (stage.randrange(40, 110), stage.randrange(90, 150), stage.randrange(40, 80))
        draw.ellipse((x - crown, base - 220, x + crown, base - 90), leaf)


def _heap(draw: ImageDraw.ImageDraw, rng: Random, stage: Random, horizon: int) -> None:
    """What the report is about."""
    middle, base = stage.randrange(120, WIDTH - 120), stage.randrange(horizon + 80, HEIGHT - 30)
    for _ in range(rng.randrange(9, 16)):
        x, y = middle + round(rng.gauss(0, 46)), base + round(rng.gauss(0, 12))
        side, flat = rng.randrange(16, 44), rng.uniform(0.4, 0.9)
        box = (x - side, y - side * flat, x + side, y + side * flat / 2)
        shape = draw.ellipse if rng.random() < 0.6 else draw.rectangle
        shape(box, rng.choice(LITTER), "#3a3a36")


def _grey(stage: Random, least: int, most: int, *, blue: int = 0) -> Colour:
    shade = stage.randrange(least, most)
    return shade, shade, max(0, min(255, shade + blue))


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
