"""Tables of incidents, their facts and the keys of retried reports.

Incidents and facts carry no foreign keys: the rows they name are found in the same statement
and are never deleted (docs/decisions/0009).
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Uuid,
    desc,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from app.db import Model, one_of
from app.incidents.states import Source, Status
from app.spatial import point_type

OPEN = text("ended_at IS NULL")
NOWHERE = text("cell_id IS NULL AND ended_at IS NULL")
BARRED = text("barred_id IS NOT NULL AND ended_at IS NULL")
MERGED = text("merged_into IS NOT NULL")
LATE = text("overdue_at IS NOT NULL")
ZERO, NO = text("0"), text("false")
NEWEST: tuple[Any, ...] = (desc("reported_at"), desc("id"))
WORDS: ColumnElement[str] = literal_column(
    "((description || ' '::text) || COALESCE(address, ''::text))"
)
"""What a text search looks through; queries must spell it the same way to use its index."""


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Its name in SQL."""
        return "xid8"


class Incident(Model):
    """A case as it stands; how it came there is in its facts.

    `place` is stored CGCS2000; `raw_lon`, `raw_lat`, `raw_crs` are what was sent.
    `owner_unit_id` is who is responsible by data; `unit_id` is who it was dispatched to and
    `handler_id` the person. `stage`, `yellow_at`, `due_at` are those of the clock that runs.
    `overdue_at` is the fact that handling was late, `exempt` takes it out of the counted result.
    `parties` are units and accounts that see the case besides. `barred_id` may not make the next
    step forward. `moved_version` is that of the last step by a person: what the clock adds makes no
    ETag stale (null, in cases from before there were clocks: exactly the current version).
    """

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), name="status"),
        CheckConstraint(one_of("source", Source), name="source"),
        Index("uq_incident_number", "number", unique=True),
        Index("ix_incident_newest", *NEWEST),
        Index("ix_incident_area_newest", "area_code", *NEWEST),
        Index("ix_incident_cell_newest", "cell_code", *NEWEST),
        Index("ix_incident_open_status", "status", *NEWEST, postgresql_where=OPEN),
        Index("ix_incident_open_area", "area_code", "status", *NEWEST, postgresql_where=OPEN),
        Index(
            "ix_incident_unit_newest",
            "unit_id",
            *NEWEST,
            postgresql_where=text("unit_id IS NOT NULL"),
        ),
        Index("ix_incident_open_unit", "unit_id", "status", *NEWEST, postgresql_where=OPEN),
        Index(
            "ix_incident_handler_newest",
            "handler_id",
            *NEWEST,
            postgresql_where=text("handler_id IS NOT NULL"),
        ),
        Index("ix_incident_steward_newest", "steward_id", *NEWEST),
        Index("ix_incident_reporter_newest", "reporter_id", *NEWEST),
        Index("ix_incident_category_newest", "category_code", *NEWEST),
        Index("ix_incident_no_cell", *NEWEST, postgresql_where=text("cell_id IS NULL")),
        Index(
            "ix_incident_open_due",
            *("status", "due_at", "id"),
            postgresql_where=OPEN,
            postgresql_include=["claimed_at"],
        ),
        Index("ix_incident_open_no_cell", "status", postgresql_where=NOWHERE),
        Index("ix_incident_barred_id", "barred_id", postgresql_where=BARRED),
        Index(
            "ix_incident_claimed_by", "claimed_by", postgresql_where=text("claimed_by IS NOT NULL")
        ),
        Index("ix_incident_pending", "pending", postgresql_where=text("pending IS NOT NULL")),
        Index("ix_incident_ended_at", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
        Index("ix_incident_overdue_at", "overdue_at", postgresql_where=LATE),
        Index(
            "ix_incident_open_lights",
            "area_code",
            postgresql_where=OPEN,
            postgresql_include=["status", "cell_code", "yellow_at", "due_at"],
        ),
        Index(
            "ix_incident_parties",
            "parties",
            postgresql_using="gin",
            postgresql_where=text("parties <> '{}'"),
        ),
        Index(
            "ix_incident_suspended_until",
            "suspended_until",
            postgresql_where=text("suspended_until IS NOT NULL"),
        ),
        Index("ix_incident_late", *NEWEST, postgresql_where=LATE),
        Index("ix_incident_merged_into", "merged_into", postgresql_where=MERGED),
        Index("ix_incident_place", "place", postgresql_using="gist"),
        Index(
            "ix_incident_open_place",
            "place",
            postgresql_using="gist",
            postgresql_include=[
                *("place", "id", "status", "category_code", "source", "cell_code"),
                *("reported_at", "yellow_at", "due_at"),
            ],
            postgresql_where=OPEN,
        ),
        Index(
            "ix_incident_words",
            WORDS.label("words"),
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    status: Mapped[str]
    version: Mapped[int]
    category_code: Mapped[str]
    description: Mapped[str]
    address: Mapped[str | None]
    source: Mapped[str]
    place: Mapped[Any] = mapped_column(point_type())
    raw_lon: Mapped[float]
    raw_lat: Mapped[float]
    raw_crs: Mapped[str]
    accuracy_metres: Mapped[float | None]
    captured_at: Mapped[datetime | None]
    reported_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reporter_id: Mapped[UUID]
    cell_id: Mapped[UUID | None]
    cell_code: Mapped[str | None]
    area_code: Mapped[str | None]
    suggested_cell_code: Mapped[str | None]
    suggested_metres: Mapped[float | None]
    steward_id: Mapped[UUID | None]
    owner_unit_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    handler_id: Mapped[UUID | None]
    return_count: Mapped[int] = mapped_column(server_default=ZERO)
    rework_count: Mapped[int] = mapped_column(server_default=ZERO)
    fingerprint: Mapped[str]
    moved_version: Mapped[int | None]
    stage: Mapped[str | None]
    yellow_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
    exempt: Mapped[bool] = mapped_column(server_default=NO)
    appealed: Mapped[bool] = mapped_column(server_default=NO)
    condition_id: Mapped[UUID | None]
    condition_code: Mapped[str | None]
    limit_amount: Mapped[Decimal | None]
    limit_unit: Mapped[str | None]
    claimed_by: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    barred_id: Mapped[UUID | None]
    pending: Mapped[str | None]
    suspended_until: Mapped[datetime | None]
    self_handled: Mapped[bool] = mapped_column(server_default=NO)
    merged_into: Mapped[UUID | None]
    parties: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"))
    extension_count: Mapped[int] = mapped_column(server_default=ZERO)
    suspension_count: Mapped[int] = mapped_column(server_default=ZERO)
    order_count: Mapped[int] = mapped_column(server_default=ZERO)
    recurrence_count: Mapped[int] = mapped_column(server_default=ZERO)
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Fact(Model):
    """One step of a case: append-only, and the outbox of everything downstream.

    `xid` is the writing transaction: facts below the oldest running one are in commit order.
    `data` is kept to the letter: that of a report is the answer that was given to it. `changes` are
    the columns of the case that the step has changed: all in turn give the case as it stands.
    """

    __tablename__ = "fact"
    __table_args__ = (
        PrimaryKeyConstraint("incident_id", "version"),
        Index("uq_fact_xid_id", "xid", "id", unique=True),
        Index(
            "ix_fact_at",
            "at",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    xid: Mapped[int] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))
    incident_id: Mapped[UUID]
    version: Mapped[int]
    kind: Mapped[str]
    status: Mapped[str]
    actor_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class IntakeKey(Model):
    """A client's idempotency key and the incident that it made; swept after some weeks."""

    __tablename__ = "intake_key"
    __table_args__ = (
        PrimaryKeyConstraint("actor_id", "key"),
        Index("ix_intake_key_created_at", "created_at", postgresql_using="brin"),
    )

    actor_id: Mapped[UUID]
    key: Mapped[str]
    incident_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
