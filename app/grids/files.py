"""Which files are taken: known by their first bytes, archives unpacked with care."""

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from app.config import settings
from app.grids.errors import UnreadableFile, UnsupportedFile

SIDECARS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qmd"})
NEEDED = frozenset({".shp", ".shx", ".dbf"})
UNPACKED_FACTOR = 8


class Format(StrEnum):
    """What a file is, whatever it is called."""

    GEOJSON = "GeoJSON"
    GEOPACKAGE = "GeoPackage"
    SHAPEFILE = "Shapefile"
    ZIP = "zip"


MAGIC = {
    b"SQLite format 3\x00": Format.GEOPACKAGE,
    b"\x00\x00\x27\x0a": Format.SHAPEFILE,
    b"PK\x03\x04": Format.ZIP,
}


def format_of(path: Path) -> Format:
    """The format by content: a name proves nothing, and other formats may refer to other files."""
    with path.open("rb") as file:
        head = file.read(512)
    for magic, found in MAGIC.items():
        if head.startswith(magic):
            return found
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return Format.GEOJSON
    raise UnsupportedFile(file=path.name)


def unpacked(path: Path, folder: Path) -> tuple[Path, Format]:
    """The file to read: itself, or the one Shapefile of an archive, laid into `folder`."""
    found = format_of(path)
    if found is not Format.ZIP:
        return path, found
    try:
        with ZipFile(path) as archive:
            shapes = _unpack(archive, path.name, folder)
    except (BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise UnreadableFile(
            file=path.name, reason=f"压缩包已损坏或已加密 / damaged or encrypted archive: {error}"
        ) from error
    if format_of(shapes) is not Format.SHAPEFILE:
        raise UnsupportedFile(file=shapes.name)
    return shapes, Format.SHAPEFILE


def _unpack(archive: ZipFile, name: str, folder: Path) -> Path:
    """Lay the parts of the Shapefile under one plain name; all other members are left alone."""
    parts = _shapefile_parts(archive, name)
    limit = settings().max_import_bytes * UNPACKED_FACTOR
    if sum(part.file_size for part in parts.values()) > limit:
        raise UnreadableFile(
            file=name, reason=f"解压后超过 {limit} 字节 / more than {limit} bytes when unpacked"
        )
    for suffix, part in parts.items():
        (folder / f"shapes{suffix}").write_bytes(archive.read(part))
    return folder / "shapes.shp"


def _shapefile_parts(archive: ZipFile, name: str) -> dict[str, ZipInfo]:
    members = [PurePosixPath(member.filename.replace("\\", "/")) for member in archive.infolist()]
    shapes = [path for path in members if path.suffix.lower() == ".shp"]
    visible = [path for path in shapes if "__MACOSX" not in path.parts]
    if len(visible) != 1:
        raise UnreadableFile(
            file=name,
            reason=f"压缩包中应恰有一个 .shp，找到 {len(visible)} 个"
            f" / the archive must hold exactly one .shp, it has {len(visible)}",
        )
    stem = visible[0].with_suffix("")
    parts = {
        path.suffix.lower(): member
        for path, member in zip(members, archive.infolist(), strict=True)
        if path.with_suffix("") == stem and path.suffix.lower() in SIDECARS
    }
    _complete(frozenset(parts), name)
    return parts


def _complete(suffixes: frozenset[str], name: str) -> None:
    missing = ", ".join(sorted(NEEDED - suffixes))
    if missing:
        raise UnreadableFile(file=name, reason=f"缺少 {missing} / {missing} is missing")


def whole_shapefile(path: Path) -> None:
    """Refuse a Shapefile whose index or table does not lie beside it."""
    _complete(frozenset(part.suffix.lower() for part in _beside(path)), path.name)


def has_codepage(path: Path) -> bool:
    """Whether a .cpg beside a Shapefile says how its text is encoded."""
    return any(part.suffix.lower() == ".cpg" for part in _beside(path))


def _beside(path: Path) -> list[Path]:
    return sorted(other for other in path.parent.iterdir() if other.stem == path.stem)


def sha256_of(path: Path) -> str:
    """The checksum of a file; a Shapefile's parts are hashed together, in order of their names."""
    parts = [path]
    if path.suffix.lower() == ".shp":
        parts = [part for part in _beside(path) if part.suffix.lower() in SIDECARS]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def plain_name(name: str) -> str:
    """A file name that means nothing to a shell, a path or a format library."""
    return re.sub(r"[^\w.-]+", "_", name)[-100:].lstrip(".") or "upload"


@contextmanager
def laid_out(name: str, content: bytes) -> Iterator[Path]:
    """Uploaded bytes as a file for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / plain_name(name)
        path.write_bytes(content)
        yield path
