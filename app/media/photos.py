"""Photos: read to their end, hashed by what they show, made smaller without what they tell."""

import io
from dataclasses import dataclass
from typing import IO

import imagehash
import numpy as np
import pillow_heif
from PIL import Image, ImageStat

from app.media import exif

pillow_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = None  # `opened` refuses by WANGGE_MAX_PHOTO_PIXELS, before unpacking

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
}
VARIANTS = {"preview": 1600, "thumbnail": 320}
"""The longest side in pixels, by variant; each is made from the one before."""
_T = Image.Transpose
SIDEWAYS = {_T.TRANSPOSE, _T.ROTATE_270, _T.TRANSVERSE, _T.ROTATE_90}
TURNS = {
    2: _T.FLIP_LEFT_RIGHT,
    3: _T.ROTATE_180,
    4: _T.FLIP_TOP_BOTTOM,
    5: _T.TRANSPOSE,
    6: _T.ROTATE_270,
    7: _T.TRANSVERSE,
    8: _T.ROTATE_90,
}
"""What EXIF's orientations ask for."""
HASH_SIDE = 256
FLAT = 4.0
"""Grey levels of spread below which a picture shows nothing that could be compared."""


@dataclass(frozen=True, slots=True)
class Photo:
    """What was read from a photo; its sides are as it is seen, upright."""

    width: int
    height: int
    phash: int | None
    words: exif.Words


class Bomb(Exception):
    """More pixels than may be unpacked."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(f"{width}×{height} pixels")
        self.width, self.height = width, height


def opened(file: IO[bytes], content_type: str, most_pixels: int) -> Image.Image:
    """The image of one format, its pixels not unpacked yet."""
    file.seek(0)
    image = Image.open(file, formats=[FORMATS[content_type]])
    if image.width * image.height > most_pixels:
        raise Bomb(image.width, image.height)
    return image


def read(file: IO[bytes], content_type: str, most_pixels: int) -> Photo:
    """Unpack a whole photo (JPEG at a fraction of its size) and tell what it is."""
    image = opened(file, content_type, most_pixels)
    words = exif.read(image)
    turn = TURNS.get(words.orientation)
    width, height = image.size[::-1] if turn in SIDEWAYS else image.size
    image.draft("RGB", (HASH_SIDE, HASH_SIDE))
    return Photo(width, height, perceptual_hash(upright(image, words)), words)


def upright(image: Image.Image, words: exif.Words) -> Image.Image:
    """The image as it is seen, in plain colours."""
    turn = TURNS.get(words.orientation)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image if turn is None else image.transpose(turn)


def perceptual_hash(image: Image.Image) -> int | None:
    """64 bits (signed) that stay nearly the same when a photo is scaled, packed or tinted."""
    grey = image.convert("L")
    if ImageStat.Stat(grey).stddev[0] < FLAT:
        return None
    bits = imagehash.phash(grey).hash
    return int(np.packbits(bits).view(">i8")[0])


def variants(content: bytes, content_type: str, most_pixels: int) -> dict[str, bytes]:
    """Smaller pictures as WebP that hold colours and nothing else."""
    image = opened(io.BytesIO(content), content_type, most_pixels)
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
    words = exif.read(image)
    longest = max(VARIANTS.values())
    image.draft("RGB", (longest, longest))
    image = upright(image, words)
    made = {}
    for name, side in VARIANTS.items():
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        packed = io.BytesIO()
        image.save(packed, "WEBP", quality=80, exif=b"", xmp=b"", icc_profile=profile)
        made[name] = packed.getvalue()
    return made
