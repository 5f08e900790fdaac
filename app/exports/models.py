"""Table of exports: what was asked for, how far it is, where its file is."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, new_id, one_of


class Format(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


class State(StrEnum):
    """How far an export is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Export(Model):
    """A list of cases as a file. `which` is the list's filter with its order.

    Its file is named by its id and goes when the row does.
    """

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint(one_of("format", Format), name="format"),
        CheckConstraint(one_of("status", State), name="status"),
        Index("ix_export_account_id", "account_id", "created_at"),
        Index("ix_export_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    which: Mapped[dict[str, Any]] = mapped_column(JSONB)
    columns: Mapped[list[str]]
    format: Mapped[str]
    status: Mapped[str] = mapped_column(default=State.QUEUED)
    rows: Mapped[int] = mapped_column(server_default=text("0"))
    total: Mapped[int | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    finished_at: Mapped[datetime | None]

    @property
    def key(self) -> str:
        """Where its file is in the store."""
        return f"exports/{self.id}.{self.format}"
