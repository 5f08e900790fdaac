"""Tables of units, accounts, posts, sign-in tokens and API keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.db import Model, new_id
from app.permissions import Role
from app.spatial import polygon_type

NOW = text("now()")
OWNER = "owner"
"""The duty of whoever is responsible for a matter; kept by `app.ownership`."""


class Unit(Model):
    """A responsible department (专业部门) in a tree."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Account(Model):
    """A person or a system that can sign in."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("username"),
        CheckConstraint(
            f"roles <@ ARRAY[{','.join(repr(str(role)) for role in Role)}]",
            name="roles_known",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str | None]
    password_hash: Mapped[str | None]
    roles: Mapped[list[str]]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    failed_logins: Mapped[int] = mapped_column(server_default=text("0"))
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Post(Model):
    """Who has a duty, for a place and a class of matters, for a period.

    `place_code` is the code of an area or a cell, "" means the whole city; in its stead an owner
    may have an `area` drawn by hand. `category_code` is a class, its big class or its kind
    ("C0101", "C01", "C"), "" means every class. A post that ends when it begins was withdrawn.
    A person's duties bound what the person sees. The duty `owner` only says who is responsible: a
    unit, an account, or a role, which is whoever has that duty in the place.
    """

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint("num_nonnulls(account_id, unit_id, role) = 1", name="one_holder"),
        CheckConstraint(f"role IN ({','.join(repr(str(role)) for role in Role)})", name="role"),
        CheckConstraint("num_nonnulls(place_code, area) = 1", name="one_place"),
        CheckConstraint("num_nonnulls(area, area_square_metres) <> 1", name="area_measured"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint(
            "duty = 'owner' OR num_nonnulls(unit_id, role, area) = 0", name="duty_of_holder"
        ),
        CheckConstraint("duty <> 'owner' OR deputy_id IS NULL", name="deputy_of_person"),
        CheckConstraint(
            "deputy_id IS NULL OR (deputy_from IS NOT NULL AND deputy_to > deputy_from)",
            name="deputy_period",
        ),
        Index("ix_post_duty_place_code_category_code", "duty", "place_code", "category_code"),
        Index(
            "ix_post_owner_category_code_id",
            "category_code",
            "id",
            postgresql_where=text("duty = 'owner'"),
        ),
        Index(
            "ix_post_area",
            "area",
            postgresql_using="gist",
            postgresql_where=text("area IS NOT NULL"),
        ),
        Index("ix_post_account_id", "account_id"),
        Index("ix_post_deputy_id", "deputy_id", postgresql_where=text("deputy_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str | None]
    duty: Mapped[str]
    place_code: Mapped[str | None] = mapped_column(
        Text().evaluates_none(), server_default=text("''")
    )
    area: Mapped[Any | None] = mapped_column(polygon_type(), deferred=True)
    area_square_metres: Mapped[float | None]
    category_code: Mapped[str] = mapped_column(server_default=text("''"))
    valid_from: Mapped[datetime] = mapped_column(server_default=NOW)
    valid_to: Mapped[datetime | None]
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    deputy_from: Mapped[datetime | None]
    deputy_to: Mapped[datetime | None]


class RefreshToken(Model):
    """One link in a chain of refresh tokens; a used one that comes again revokes its chain."""

    __tablename__ = "refresh_token"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_refresh_token_chain_id", "chain_id"),
        Index("ix_refresh_token_account_id", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    chain_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKey(Model):
    """A system's key: only its hash is kept; it may do what its scopes and its account may."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("key_hash"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    prefix: Mapped[str]
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
