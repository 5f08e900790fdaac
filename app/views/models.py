"""Table of saved views."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class SavedView(Model):
    """A page of the console with its filters, under a name that a person has given it."""

    __tablename__ = "saved_view"
    __table_args__ = (PrimaryKeyConstraint("account_id", "name"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    path: Mapped[str]
    query: Mapped[dict[str, Any]] = mapped_column(JSONB)
    position: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
