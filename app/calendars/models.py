"""Tables of the calendar: every change is a version, and old versions stay readable."""

import datetime as dt
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, new_id

NOW = text("now()")


class CalendarVersion(Model):
    """The usual week, the seasons and the rules from one change to the next."""

    __tablename__ = "calendar_version"
    __table_args__ = (
        CheckConstraint("hours_per_day > 0 AND hours_per_day <= 24", name="hours_per_day"),
        CheckConstraint("holidays IN ('china','none')", name="holidays"),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    seasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    hours_per_day: Mapped[Decimal] = mapped_column(Numeric(4, 2))
    holidays: Mapped[str]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)


class CalendarDay(Model):
    """The city's own word on a day, from one version until another takes it back."""

    __tablename__ = "calendar_day"
    __table_args__ = (
        CheckConstraint("works OR windows = '{}'", name="rest_has_no_windows"),
        CheckConstraint("until_version > since_version", name="versions"),
        Index(
            "uq_calendar_day_date_current",
            "date",
            unique=True,
            postgresql_where=text("until_version IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    date: Mapped[dt.date]
    works: Mapped[bool]
    name: Mapped[str]
    windows: Mapped[list[str]]
    since_version: Mapped[int] = mapped_column(ForeignKey("calendar_version.version"))
    until_version: Mapped[int | None] = mapped_column(ForeignKey("calendar_version.version"))
