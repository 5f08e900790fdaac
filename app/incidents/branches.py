"""Tables of what hangs on a case: clocks, tasks, requests, co-handlers, orders, choices, rules.

Like cases themselves they carry no foreign keys to cases and accounts (docs/decisions/0009).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, new_id, one_of
from app.incidents.models import NO, ZERO, Xid8
from app.incidents.states import Stage

NOW = text("now()")
UNENDED = text("ended_at IS NULL")
WAITING = text("replied_at IS NULL AND NOT raised")


class StageClock(Model):
    """One run of a stage clock. `history` is what happened to it; all else follows from it.

    `limit_seconds` and `added_seconds` are of running time: work time where `pace` is work.
    Deadlines are by the calendar's `calendar_version`; `due_at` is null while the clock stands
    still. `watch_at` is when the watcher must look next: at yellow (`step` 0), when due (1), at the
    steps of the ladder (2 and more).
    """

    __tablename__ = "stage_clock"
    __table_args__ = (
        PrimaryKeyConstraint("incident_id", "run"),
        CheckConstraint(one_of("stage", Stage), name="stage"),
        CheckConstraint("pace IN ('wall','work')", name="pace"),
        Index("ix_stage_clock_watch_at", "watch_at", postgresql_where=text("watch_at IS NOT NULL")),
        Index(
            "ix_stage_clock_running_work",
            "calendar_version",
            "incident_id",
            postgresql_where=text("stopped_at IS NULL AND pace = 'work'"),
        ),
    )

    incident_id: Mapped[UUID]
    run: Mapped[int]
    stage: Mapped[str]
    unit_id: Mapped[UUID | None]
    pace: Mapped[str]
    calendar_version: Mapped[int] = mapped_column(server_default=ZERO)
    limit_seconds: Mapped[int]
    added_seconds: Mapped[int] = mapped_column(server_default=ZERO)
    yellow_share: Mapped[float] = mapped_column(server_default=text("0.8"))
    started_at: Mapped[datetime]
    yellow_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
    exempt: Mapped[bool] = mapped_column(server_default=NO)
    step: Mapped[int] = mapped_column(server_default=ZERO)
    watch_at: Mapped[datetime | None]
    history: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Task(Model):
    """A side branch to the field: verify before filing, check after handling."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("kind IN ('verify','check')", name="kind"),
        Index(
            "uq_task_open", "incident_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index(
            "ix_task_assignee_open",
            "assignee_id",
            "due_at",
            postgresql_where=UNENDED,
        ),
        Index("ix_task_incident_id", "incident_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID]
    kind: Mapped[str]
    assignee_id: Mapped[UUID | None]
    issued_by: Mapped[UUID]
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    crossed: Mapped[bool] = mapped_column(server_default=NO)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    ended_by: Mapped[UUID | None]


class Application(Model):
    """A request that others decide: extension, suspension, void, appeal."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("kind IN ('extension','suspension','void','appeal')", name="kind"),
        CheckConstraint("outcome IN ('approved','refused','withdrawn','lapsed')", name="outcome"),
        Index(
            "uq_application_open",
            "incident_id",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_application_incident_id", "incident_id"),
        Index("ix_application_decided_at", "decided_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[UUID]
    kind: Mapped[str]
    unit_id: Mapped[UUID | None]
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    reason: Mapped[str]
    seconds: Mapped[int | None]
    until: Mapped[datetime | None]
    level: Mapped[int] = mapped_column(server_default=ZERO)
    first_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    outcome: Mapped[str | None]


class Part(Model):
    """A unit beside the leading one: 协办 co-handles and replies, 知会 is informed."""

    __tablename__ = "part"
    __table_args__ = (
        PrimaryKeyConstraint("incident_id", "unit_id"),
        CheckConstraint("role IN ('co','informed')", name="role"),
    )

    incident_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    role: Mapped[str]
    since: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    result: Mapped[str | None]


class Order(Model):
    """A supervision order (督办单): a paper on a case that does not move it."""

    __tablename__ = "supervision_order"
    __table_args__ = (
        Index("ix_supervision_order_incident_id", "incident_id"),
        Index(
            "ix_supervision_order_unanswered",
            "incident_id",
            postgresql_where=text("replied_at IS NULL"),
        ),
        Index("ix_supervision_order_due_at", "due_at", postgresql_where=WAITING),
        Index("uq_supervision_order_number", "number", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str]
    incident_id: Mapped[UUID]
    level: Mapped[int]
    requirement: Mapped[str]
    issued_by: Mapped[UUID]
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    replied_at: Mapped[datetime | None]
    replied_by: Mapped[UUID | None]
    reply: Mapped[str | None]
    raised: Mapped[bool] = mapped_column(server_default=NO)


class Likeness(Model):
    """Two cases that may be one matter, once for each side; kept while both are open."""

    __tablename__ = "likeness"
    __table_args__ = (PrimaryKeyConstraint("incident_id", "other_id"),)

    incident_id: Mapped[UUID]
    other_id: Mapped[UUID]


class DispatchChoice(Model):
    """What was suggested for a dispatch and what was chosen, so that accuracy is a number."""

    __tablename__ = "dispatch_choice"
    __table_args__ = (
        PrimaryKeyConstraint("incident_id", "version"),
        CheckConstraint("verdict IN ('unique','several','none')", name="verdict"),
        CheckConstraint("basis IN ('owner','similar','none')", name="basis"),
        Index("ix_dispatch_choice_at", "at"),
    )

    incident_id: Mapped[UUID]
    version: Mapped[int]
    at: Mapped[datetime]
    category_code: Mapped[str]
    area_code: Mapped[str | None]
    verdict: Mapped[str]
    basis: Mapped[str]
    suggested_unit_id: Mapped[UUID | None]
    suggested_account_id: Mapped[UUID | None]
    chosen_unit_id: Mapped[UUID | None]
    chosen_account_id: Mapped[UUID | None]
    agreed: Mapped[bool | None]
    automatic: Mapped[bool]
    returned: Mapped[bool] = mapped_column(server_default=NO)
    dispatcher_id: Mapped[UUID]


class RulesVersion(Model):
    """The city's rules; the newest counts, the older ones tell what held before."""

    __tablename__ = "rules_version"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    account_id: Mapped[UUID]


class FactReader(Model):
    """How far a reader of the fact log has come (docs/decisions/0006)."""

    __tablename__ = "fact_reader"

    name: Mapped[str] = mapped_column(primary_key=True)
    xid: Mapped[int] = mapped_column(Xid8())
    id: Mapped[int] = mapped_column(BigInteger)
