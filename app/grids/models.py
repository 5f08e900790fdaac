"""Tables of areas, cells and grid imports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.db import Model, new_id
from app.spatial import point_type, polygon_type, projected, shape_type

NOW = text("now()")
CURRENT = text("valid_to IS NULL")


class GridImport(Model):
    """One run of an import: the file, how it was read, its report, what became of it."""

    __tablename__ = "grid_import"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued','running','refused','checked','done','failed')", name="status"
        ),
        CheckConstraint("level IN ('district','subdistrict','community','cell')", name="level"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    status: Mapped[str]
    level: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB, deferred=True)
    progress: Mapped[float] = mapped_column(server_default=text("0"))
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    finished_at: Mapped[datetime | None]


class Area(Model):
    """A district, subdistrict or community in one validity period.

    `path` holds the codes from the top down to this area's own; `shape` is `area` as tiles draw it.
    """

    __tablename__ = "area"
    __table_args__ = (
        CheckConstraint("level IN ('district','subdistrict','community')", name="level"),
        Index("uq_area_code_current", "code", unique=True, postgresql_where=CURRENT),
        Index("ix_area_code", "code", postgresql_ops={"code": "text_pattern_ops"}),
        Index("ix_area_parent_code", "parent_code"),
        Index("ix_area_path", "path", postgresql_using="gin"),
        Index("ix_area_area", "area", postgresql_using="gist"),
        Index("ix_area_shape_current", "shape", postgresql_using="gist", postgresql_where=CURRENT),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None]
    path: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    area: Mapped[Any] = mapped_column(polygon_type())
    shape: Mapped[Any] = mapped_column(shape_type(), Computed(projected("area")), deferred=True)
    area_square_metres: Mapped[float]
    repaired: Mapped[bool] = mapped_column(server_default=text("false"))
    valid_from: Mapped[datetime] = mapped_column(server_default=NOW)
    valid_to: Mapped[datetime | None]
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("grid_import.id"))


class Cell(Model):
    """A unit grid cell (单元网格) in one validity period: a re-drawn cell is a new row.

    `path` holds the codes of its areas from the top, then its own; `area_code` is the code of the
    smallest area that holds it, or its own where it stands without parents; `shape` is `area` as
    tiles draw it.
    """

    __tablename__ = "cell"
    __table_args__ = (
        Index("uq_cell_code_current", "code", unique=True, postgresql_where=CURRENT),
        Index("ix_cell_code", "code", postgresql_ops={"code": "text_pattern_ops"}),
        Index(
            "ix_cell_alone",
            "area_code",
            postgresql_ops={"area_code": "text_pattern_ops"},
            postgresql_where=text("parent_code IS NULL"),
        ),
        Index("ix_cell_path", "path", postgresql_using="gin"),
        Index("ix_cell_area_current", "area", postgresql_using="gist", postgresql_where=CURRENT),
        Index("ix_cell_shape_current", "shape", postgresql_using="gist", postgresql_where=CURRENT),
        Index(
            "ix_cell_area_geography_current",
            text("(area::geography)"),
            postgresql_using="gist",
            postgresql_where=CURRENT,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    parent_code: Mapped[str | None]
    area_code: Mapped[str]
    path: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    area: Mapped[Any] = mapped_column(polygon_type())
    shape: Mapped[Any] = mapped_column(shape_type(), Computed(projected("area")), deferred=True)
    area_square_metres: Mapped[float]
    centre: Mapped[Any] = mapped_column(point_type())
    repaired: Mapped[bool] = mapped_column(server_default=text("false"))
    valid_from: Mapped[datetime] = mapped_column(server_default=NOW)
    valid_to: Mapped[datetime | None]
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("grid_import.id"))


class GridVersion(Model):
    """One row: another value whenever areas or cells have changed (by trigger)."""

    __tablename__ = "grid_version"
    __table_args__ = (CheckConstraint("one", name="one"),)

    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    version: Mapped[UUID]
