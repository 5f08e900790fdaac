"""Table of evidence files: rows are never edited or deleted, but for the state of derivatives."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, new_id, one_of


class Stage(StrEnum):
    """When in a case's life, in its order: 上报, 核实, 处置前, 处置中, 处置后, 核查."""

    REPORT = "report"
    VERIFY = "verify"
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    CHECK = "check"


class Kind(StrEnum):
    """What a file is."""

    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class State(StrEnum):
    """Whether the derivatives that a file needs are there."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Flag(StrEnum):
    """What is suspicious about a photo."""

    SAME = "same_photo"
    SIMILAR = "similar_photo"


class Media(Model):
    """A file as it came, and what was read from it.

    `incident_id` has no foreign key (docs/decisions/0009). `lon`, `lat`, `taken_at` and `camera`
    are the photo's own words (EXIF), not proof. `twin_id` is the earlier file that `flags` speak
    of. `object_key` is the folder in the store; no two uploads share one.
    """

    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint(one_of("stage", Stage), name="stage"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("state", State), name="state"),
        Index("ix_media_incident_id", "incident_id"),
        Index("ix_media_sha256", "sha256"),
        Index(
            "ix_media_phash",
            func.phash_bands(text("phash")),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        Index("ix_media_twin_id", "twin_id", postgresql_where=text("twin_id IS NOT NULL")),
        Index("uq_media_object_key", "object_key", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID]
    stage: Mapped[str]
    kind: Mapped[str]
    content_type: Mapped[str]
    file_name: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    phash: Mapped[int | None] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    camera: Mapped[str | None]
    flags: Mapped[list[str]]
    twin_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id"))
    object_key: Mapped[str]
    state: Mapped[str]
    state_reason: Mapped[str | None]
    uploader_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
