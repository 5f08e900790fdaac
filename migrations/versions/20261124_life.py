"""What hangs on a case: clocks, tasks, requests, co-handlers, orders, choices, the city's rules.

Nobody reads or writes cases while this runs: the check of their states reads every row and the
new indexes are built under the lock, all in one transaction with the other migrations (a second or
two for 200,000 cases). Stop the API and the worker, or run it at a quiet hour.
"""

from pathlib import Path
from runpy import run_path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.config import settings
from app.incidents.models import Xid8

revision = "20261124_life"
down_revision = "20261124_ownership"
branch_labels = None
depends_on = None


STATES = (
    "reported", "verifying", "accepted", "filed", "dispatched", "handling", "suspended", "handled",
    "checking", "check_failed", "checked", "closed", "rejected", "voided", "merged",
)  # fmt: skip
NEW = {"verifying", "suspended", "check_failed", "merged"}


def _states(names: tuple[str, ...]) -> None:
    """Say which states a case may have. Cases are locked until the whole upgrade has committed."""
    op.drop_constraint(op.f("ck_incident_status"), "incident")
    wanted = ",".join(f"'{name}'" for name in names)
    op.execute(
        f"ALTER TABLE incident ADD CONSTRAINT ck_incident_status CHECK (status IN ({wanted}))"
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _states(STATES)
    op.execute("CREATE SEQUENCE order_number_seq")
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("level", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("first_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('extension','suspension','void','appeal')", name=op.f("ck_application_kind")
        ),
        sa.CheckConstraint(
            "outcome IN ('approved','refused','withdrawn','lapsed')",
            name=op.f("ck_application_outcome"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    op.create_index("ix_application_decided_at", "application", ["decided_at"], unique=False)
    op.create_index("ix_application_incident_id", "application", ["incident_id"], unique=False)
    op.create_index(
        "uq_application_open",
        "application",
        ["incident_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "dispatch_choice",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category_code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("suggested_unit_id", sa.Uuid(), nullable=True),
        sa.Column("suggested_account_id", sa.Uuid(), nullable=True),
        sa.Column("chosen_unit_id", sa.Uuid(), nullable=True),
        sa.Column("chosen_account_id", sa.Uuid(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("returned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("dispatcher_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "basis IN ('owner','similar','none')", name=op.f("ck_dispatch_choice_basis")
        ),
        sa.CheckConstraint(
            "verdict IN ('unique','several','none')", name=op.f("ck_dispatch_choice_verdict")
        ),
        sa.PrimaryKeyConstraint("incident_id", "version", name=op.f("pk_dispatch_choice")),
    )
    op.create_index("ix_dispatch_choice_at", "dispatch_choice", ["at"], unique=False)
    op.create_table(
        "fact_reader",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("xid", Xid8(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fact_reader")),
    )
    op.create_table(
        "part",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.CheckConstraint("role IN ('co','informed')", name=op.f("ck_part_role")),
        sa.PrimaryKeyConstraint("incident_id", "unit_id", name=op.f("pk_part")),
    )
    op.create_table(
        "rules_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rules_version")),
    )
    op.create_table(
        "stage_clock",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("calendar_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("limit_seconds", sa.Integer(), nullable=False),
        sa.Column("added_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("yellow_share", sa.Double(), server_default=sa.text("0.8"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("yellow_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exempt", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("step", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("watch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("history", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("pace IN ('wall','work')", name=op.f("ck_stage_clock_pace")),
        sa.CheckConstraint(
            "stage IN ('accept','verify','file','dispatch','handle','check','close')",
            name=op.f("ck_stage_clock_stage"),
        ),
        sa.PrimaryKeyConstraint("incident_id", "run", name=op.f("pk_stage_clock")),
    )
    op.create_index(
        "ix_stage_clock_running_work",
        "stage_clock",
        ["calendar_version", "incident_id"],
        unique=False,
        postgresql_where=sa.text("stopped_at IS NULL AND pace = 'work'"),
    )
    op.create_index(
        "ix_stage_clock_watch_at",
        "stage_clock",
        ["watch_at"],
        unique=False,
        postgresql_where=sa.text("watch_at IS NOT NULL"),
    )
    op.create_table(
        "supervision_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("requirement", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by", sa.Uuid(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("raised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_order")),
    )
    op.create_index(
        "ix_supervision_order_due_at",
        "supervision_order",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("replied_at IS NULL AND NOT raised"),
    )
    op.create_index(
        "ix_supervision_order_incident_id", "supervision_order", ["incident_id"], unique=False
    )
    op.create_index("uq_supervision_order_number", "supervision_order", ["number"], unique=True)
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("crossed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('verify','check')", name=op.f("ck_task_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(
        "ix_task_assignee_open",
        "task",
        ["assignee_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_task_incident_id", "task", ["incident_id"], unique=False)
    op.create_index(
        "uq_task_open",
        "task",
        ["incident_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column(
        "fact", sa.Column("changes", postgresql.JSON(astext_type=sa.Text()), nullable=True)
    )
    op.add_column("incident", sa.Column("moved_version", sa.Integer(), nullable=True))
    op.add_column("incident", sa.Column("stage", sa.Text(), nullable=True))
    op.add_column("incident", sa.Column("yellow_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("incident", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("incident", sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "incident",
        sa.Column("exempt", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "incident",
        sa.Column("appealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("incident", sa.Column("condition_id", sa.Uuid(), nullable=True))
    op.add_column("incident", sa.Column("condition_code", sa.Text(), nullable=True))
    op.add_column("incident", sa.Column("limit_amount", sa.Numeric(), nullable=True))
    op.add_column("incident", sa.Column("limit_unit", sa.Text(), nullable=True))
    op.add_column("incident", sa.Column("claimed_by", sa.Uuid(), nullable=True))
    op.add_column("incident", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("incident", sa.Column("barred_id", sa.Uuid(), nullable=True))
    op.add_column("incident", sa.Column("pending", sa.Text(), nullable=True))
    op.add_column(
        "incident", sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "incident",
        sa.Column("self_handled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("incident", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column(
        "incident",
        sa.Column(
            "parties", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.add_column(
        "incident",
        sa.Column("extension_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "incident",
        sa.Column("suspension_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "incident",
        sa.Column("order_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "incident",
        sa.Column("recurrence_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "incident", sa.Column("answers", postgresql.JSON(astext_type=sa.Text()), nullable=True)
    )
    op.create_index(
        "ix_incident_merged_into",
        "incident",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_incident_handler_newest",
        "incident",
        ["handler_id", sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("handler_id IS NOT NULL"),
    )
    op.create_index(
        "ix_incident_late",
        "incident",
        [sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("overdue_at IS NOT NULL"),
    )
    op.create_index(
        "ix_incident_open_due",
        "incident",
        ["status", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_incident_parties",
        "incident",
        ["parties"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("parties <> '{}'"),
    )
    op.create_index(
        "ix_incident_suspended_until",
        "incident",
        ["suspended_until"],
        unique=False,
        postgresql_where=sa.text("suspended_until IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _states(tuple(name for name in STATES if name not in NEW))
    op.execute("DROP SEQUENCE order_number_seq")
    op.drop_index(
        "ix_incident_suspended_until",
        table_name="incident",
        postgresql_where=sa.text("suspended_until IS NOT NULL"),
    )
    op.drop_index(
        "ix_incident_parties",
        table_name="incident",
        postgresql_using="gin",
        postgresql_where=sa.text("parties <> '{}'"),
    )
    op.drop_index(
        "ix_incident_open_due", table_name="incident", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index(
        "ix_incident_merged_into",
        table_name="incident",
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_index("ix_incident_late", table_name="incident")
    op.drop_index("ix_incident_handler_newest", table_name="incident")
    op.drop_column("incident", "answers")
    op.drop_column("incident", "recurrence_count")
    op.drop_column("incident", "order_count")
    op.drop_column("incident", "suspension_count")
    op.drop_column("incident", "extension_count")
    op.drop_column("incident", "parties")
    op.drop_column("incident", "merged_into")
    op.drop_column("incident", "self_handled")
    op.drop_column("incident", "suspended_until")
    op.drop_column("incident", "pending")
    op.drop_column("incident", "barred_id")
    op.drop_column("incident", "claimed_at")
    op.drop_column("incident", "claimed_by")
    op.drop_column("incident", "limit_unit")
    op.drop_column("incident", "limit_amount")
    op.drop_column("incident", "condition_code")
    op.drop_column("incident", "condition_id")
    op.drop_column("incident", "appealed")
    op.drop_column("incident", "exempt")
    op.drop_column("incident", "overdue_at")
    op.drop_column("incident", "due_at")
    op.drop_column("incident", "yellow_at")
    op.drop_column("incident", "stage")
    op.drop_column("incident", "moved_version")
    op.drop_column("fact", "changes")
    op.drop_index("uq_task_open", table_name="task", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_task_incident_id", table_name="task")
    op.drop_index(
        "ix_task_assignee_open", table_name="task", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_table("task")
    op.drop_index("uq_supervision_order_number", table_name="supervision_order")
    op.drop_index("ix_supervision_order_incident_id", table_name="supervision_order")
    op.drop_index(
        "ix_supervision_order_due_at",
        table_name="supervision_order",
        postgresql_where=sa.text("replied_at IS NULL AND NOT raised"),
    )
    op.drop_table("supervision_order")
    op.drop_index(
        "ix_stage_clock_watch_at",
        table_name="stage_clock",
        postgresql_where=sa.text("watch_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_stage_clock_running_work",
        table_name="stage_clock",
        postgresql_where=sa.text("stopped_at IS NULL AND pace = 'work'"),
    )
    op.drop_table("stage_clock")
    op.drop_table("rules_version")
    op.drop_table("part")
    op.drop_table("fact_reader")
    op.drop_index("ix_dispatch_choice_at", table_name="dispatch_choice")
    op.drop_table("dispatch_choice")
    op.drop_index(
        "uq_application_open",
        table_name="application",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index("ix_application_incident_id", table_name="application")
    op.drop_index("ix_application_decided_at", table_name="application")
    op.drop_table("application")
    guards = run_path(str(Path(__file__).with_name("20261121_guards.py")))
    op.execute(guards["INCIDENT_OUT"])
    op.execute(f"GRANT SELECT ON incident_out TO {settings().database_role}")
