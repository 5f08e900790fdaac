"""What an uploaded file is, by its content; its name is only a name."""

import asyncio
import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, TypeVar

import filetype
from PIL import UnidentifiedImageError

from app.config import settings
from app.media.errors import MediaTooLarge, TooManyPixels, UnreadableMedia, UnsupportedMedia
from app.media.models import Kind
from app.media.photos import FORMATS, Bomb, Photo, read

TAKEN = {
    **dict.fromkeys(FORMATS, Kind.PHOTO),
    "video/mp4": Kind.VIDEO,
    "video/quicktime": Kind.VIDEO,
    "video/3gpp": Kind.VIDEO,
    "audio/mp4": Kind.AUDIO,
    "audio/mpeg": Kind.AUDIO,
    "audio/amr": Kind.AUDIO,
    "application/pdf": Kind.DOCUMENT,
}
BRANDS = {
    **dict.fromkeys((b"heix", b"heim", b"heis"), "image/heic"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6"), "video/3gpp"),
    **dict.fromkeys((b"M4V ", b"iso4", b"iso5", b"iso6", b"avc1"), "video/mp4"),
}
"""Brands of ISO media files that phones write and `filetype` does not know."""
NOTHING = ("空文件", "nothing")
UNKNOWN = ("无法识别的内容", "content of no known kind")
_HEAD = 8192
_T = TypeVar("_T")
_images = ThreadPoolExecutor(min(4, os.cpu_count() or 1), "images")
"""No more images than this are unpacked at once in a process: it bounds the memory, too."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file was found to be."""

    kind: Kind
    content_type: str
    size_bytes: int
    sha256: bytes
    photo: Photo | None


async def beside(work: Callable[..., _T], *args: object) -> _T:
    """Do heavy work on an image beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_images, work, *args)


async def judge(files: Sequence[tuple[str, IO[bytes]]]) -> list[Judged]:
    """Judge files by name and content; the first that can't be taken is named with its place."""
    return [
        await beside(_judge, f"/files/{place}", name, file)
        for place, (name, file) in enumerate(files)
    ]


def _judge(pointer: str, name: str, file: IO[bytes]) -> Judged:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    content_type = _content_type(file.read(_HEAD))
    kind = TAKEN.get(content_type or "")
    if content_type is None or kind is None:
        seen = content_type or (NOTHING if size == 0 else UNKNOWN)
        raise UnsupportedMedia(pointer, file=name, seen=seen, taken=sorted(TAKEN))
    limit = settings().max_photo_bytes if kind is Kind.PHOTO else settings().max_file_bytes
    if size > limit:
        raise MediaTooLarge(pointer, file=name, size_bytes=size, limit_bytes=limit)
    photo = _photo(pointer, name, file, content_type) if kind is Kind.PHOTO else None
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]
    file.seek(0)
    return Judged(kind, content_type, size, digest, photo)


def _content_type(head: bytes) -> str | None:
    if head[4:8] == b"ftyp" and head[8:12] in BRANDS:
        return BRANDS[head[8:12]]
    found: str | None = filetype.guess_mime(head) if head else None
    return found


def _photo(pointer: str, name: str, file: IO[bytes], content_type: str) -> Photo:
    most = settings().max_photo_pixels
    try:
        return read(file, content_type, most)
    except Bomb as bomb:
        sides = {"width": bomb.width, "height": bomb.height, "limit_pixels": most}
        raise TooManyPixels(pointer, file=name, **sides) from bomb
    except UnidentifiedImageError as error:
        reason = ("内容不是完整的图片", "it holds no whole image")
        raise UnreadableMedia(pointer, file=name, reason=reason) from error
    except Exception as error:  # decoders of damaged files raise whatever they please
        raise UnreadableMedia(pointer, file=name, reason=str(error)) from error
