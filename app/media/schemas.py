"""What callers send and get of evidence files."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fastapi import UploadFile
from pydantic import Field, ValidationInfo, field_validator

from app.media.models import Flag, Kind, Stage, State
from app.schemas import In, Out

MOST_FILES = 10


class Variant(StrEnum):
    """Which picture of a file: as it came, or made smaller."""

    ORIGINAL = "original"
    PREVIEW = "preview"
    THUMBNAIL = "thumbnail"


class Upload(In):
    """Files of one stage of a case."""

    files: list[UploadFile] = Field(
        min_length=1,
        max_length=MOST_FILES,
        description="JPEG, PNG, WebP, HEIC; MP4, MOV, 3GP; M4A, MP3, AMR; PDF. Judged by content",
    )
    stage: Stage
    ids: list[UUID] = Field(
        [],
        description="Your own ids (UUID), one per file: with them the same upload may be sent"
        " again and is kept once",
    )

    @field_validator("ids")
    @classmethod
    def _one_per_file(cls, ids: list[UUID], info: ValidationInfo) -> list[UUID]:
        files = info.data.get("files", ids)
        if ids and (len(ids) != len(files) or len(set(ids)) != len(ids)):
            raise ValueError(
                "编号须与文件一一对应且互不相同，或全部省略"
                "|give each file an id of its own, or give none"
            )
        return ids


class Uploader(Out):
    id: UUID
    name: str


class Twin(Out):
    """The case that shows the same photo, or one like it."""

    incident: UUID
    number: str


class Origin(Out):
    """What the original says beyond its time; for those who may see the original."""

    lon: float | None
    lat: float | None
    camera: str | None


class MediaOut(Out):
    """An evidence file; its bytes are at `/api/v1/incidents/{id}/media/{media}/{variant}`."""

    id: UUID
    stage: Stage
    kind: Kind
    content_type: str
    file_name: str
    size_bytes: int
    sha256: str = Field(description="Of the file as it came, hexadecimal")
    width: int | None
    height: int | None
    taken_at: datetime | None = Field(description="When the photo says that it was taken")
    metres: float | None = Field(description="From where the photo says it was taken to the case")
    flags: list[Flag] = Field(
        description="same_photo: these bytes were used before, for another case or stage;"
        " similar_photo: another case shows nearly the same picture"
    )
    twin: Twin | None = Field(description="The case that a flag speaks of, if you may see it")
    state: State = Field(description="Of the preview and the thumbnail")
    state_reason: str | None
    uploader: Uploader
    uploaded_at: datetime
    origin: Origin | None


class MediaList(Out):
    items: list[MediaOut]
