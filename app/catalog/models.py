"""Tables of the catalogue: editions and what they hold, the current classes, a city's switches."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, new_id

EMPTY_LIST = text("'{}'")
EMPTY_JSON = text("'[]'")
OFF = text("false")
NONE = text("''")


def _class_of_edition() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["edition", "category_code"],
        ["edition_class.edition", "edition_class.code"],
        ondelete="CASCADE",
    )


class Edition(Model):
    """One release of the catalogue. What a published or retired one holds never changes."""

    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint("status IN ('draft','published','retired')", name="status"),
        Index(
            "uq_edition_published",
            "status",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    status: Mapped[str] = mapped_column(server_default=text("'draft'"))
    name: Mapped[str]
    region: Mapped[str]
    source: Mapped[str]
    label: Mapped[str]
    based_on: Mapped[int | None] = mapped_column(ForeignKey("edition.number"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    retired_at: Mapped[datetime | None]


class EditionClass(Model):
    """A small class as one edition has it; `initials` and `pinyin` are those of its name."""

    __tablename__ = "edition_class"

    edition: Mapped[int] = mapped_column(ForeignKey("edition.number"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    big_name: Mapped[str]
    big_name_en: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    scheme: Mapped[str]
    extension: Mapped[bool]
    initials: Mapped[str]
    pinyin: Mapped[str]


class Condition(Model):
    """When a case of a class is filed (立案条件), when it is closed, and in what time."""

    __tablename__ = "condition"
    __table_args__ = (
        _class_of_edition(),
        UniqueConstraint("edition", "code"),
        CheckConstraint("limit_amount > 0", name="limit_amount"),
        CheckConstraint(
            "limit_unit IN ('urgent_hour','urgent_day','work_hour','work_day')", name="limit_unit"
        ),
        Index("ix_condition_class", "edition", "category_code", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition: Mapped[int]
    code: Mapped[str]
    category_code: Mapped[str]
    number: Mapped[int]
    region_class: Mapped[str | None]
    text: Mapped[str]
    text_en: Mapped[str] = mapped_column(server_default=NONE)
    thresholds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=EMPTY_JSON)
    tags: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    closing_text: Mapped[str]
    closing_actions: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    limit_amount: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    limit_unit: Mapped[str]
    note: Mapped[str | None]
    initials: Mapped[str]
    pinyin: Mapped[str]


class Question(Model):
    """What a report of a class is asked besides; an option with a phone number stops it."""

    __tablename__ = "question"
    __table_args__ = (
        _class_of_edition(),
        CheckConstraint("kind IN ('text','number','single','multiple','date')", name="kind"),
    )

    edition: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    category_code: Mapped[str]
    key: Mapped[str]
    position: Mapped[int]
    text: Mapped[str]
    text_en: Mapped[str] = mapped_column(server_default=NONE)
    kind: Mapped[str]
    required: Mapped[bool] = mapped_column(server_default=OFF)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=EMPTY_JSON)


class Phrase(Model):
    """A stock phrase (常用语) for a kind of step, perhaps for one class only."""

    __tablename__ = "phrase"
    __table_args__ = (_class_of_edition(),)

    edition: Mapped[int] = mapped_column(ForeignKey("edition.number"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str]
    number: Mapped[int]
    category_code: Mapped[str | None]
    text: Mapped[str]


class Category(Model):
    """The classes as the published edition has them, one look-up away for reports.

    `code` is C (component) or E (event), then 2 digits big and 2 small class. `edition` is the
    last one that holds the class; `active` is derived: it is the published one, and the city has
    not switched the class off.
    """

    __tablename__ = "category"
    __table_args__ = (CheckConstraint("kind IN ('component','event')", name="kind"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    big_name: Mapped[str]
    big_name_en: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    scheme: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    extension: Mapped[bool] = mapped_column(server_default=OFF)
    edition: Mapped[int | None] = mapped_column(ForeignKey("edition.number"))
    initials: Mapped[str] = mapped_column(server_default=NONE)
    pinyin: Mapped[str] = mapped_column(server_default=NONE)


class CategorySetting(Model):
    """A city's switches for a class, beside the editions; no row means the defaults."""

    __tablename__ = "category_setting"

    code: Mapped[str] = mapped_column(ForeignKey("category.code"), primary_key=True)
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    auto_dispatch: Mapped[bool] = mapped_column(server_default=OFF)
