"""What the desks of the centre need: indexes of queues and periods, likeness, exports, saved views.

Nobody writes cases while this runs: new indexes are built under the lock (a second or two for
200,000 cases). Stop the API and the worker, or run it at a quiet hour.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.config import settings

revision = "20261124_desk"
down_revision = "20261124_life_forms"
branch_labels = None
depends_on = None

OPEN_DUE = ["status", "due_at", "id"]
OPEN = sa.text("ended_at IS NULL")
SMALL = (
    ("ix_incident_barred_id", "barred_id", "barred_id IS NOT NULL AND ended_at IS NULL"),
    ("ix_incident_claimed_by", "claimed_by", "claimed_by IS NOT NULL"),
    ("ix_incident_ended_at", "ended_at", "ended_at IS NOT NULL"),
    ("ix_incident_open_no_cell", "status", "cell_id IS NULL AND ended_at IS NULL"),
    ("ix_incident_pending", "pending", "pending IS NOT NULL"),
)
"""Indexes of the few cases that a queue or a period is about."""


def _indexes() -> None:
    op.drop_index("ix_incident_open_due", table_name="incident", postgresql_where=OPEN)
    op.create_index(
        "ix_incident_open_due",
        "incident",
        OPEN_DUE,
        unique=False,
        postgresql_where=OPEN,
        postgresql_include=["claimed_at"],
    )
    for name, column, where in SMALL:
        op.create_index(name, "incident", [column], unique=False, postgresql_where=sa.text(where))
    op.create_index(
        "ix_supervision_order_unanswered",
        "supervision_order",
        ["incident_id"],
        unique=False,
        postgresql_where=sa.text("replied_at IS NULL"),
    )
    op.create_index(
        "ix_fact_at",
        "fact",
        ["at"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
    )


def upgrade() -> None:
    role = settings().database_role
    op.execute("SET LOCAL lock_timeout = '5s'")
    _indexes()
    op.create_table(
        "likeness",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "other_id", name=op.f("pk_likeness")),
    )
    op.create_table(
        "export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("which", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("format IN ('csv','xlsx')", name=op.f("ck_export_format")),
        sa.CheckConstraint(
            "status IN ('queued','running','done','failed')", name=op.f("ck_export_status")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_export_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_account_id", "export", ["account_id", "created_at"], unique=False)
    op.create_index("ix_export_created_at", "export", ["created_at"], unique=False)
    op.create_table(
        "saved_view",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "name", name=op.f("pk_saved_view")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON export, saved_view TO {role}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON likeness TO {role}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("saved_view")
    op.drop_table("export")
    op.drop_table("likeness")
    op.drop_index("ix_fact_at", table_name="fact", postgresql_using="brin")
    op.drop_index("ix_supervision_order_unanswered", table_name="supervision_order")
    for name, _, where in reversed(SMALL):
        op.drop_index(name, table_name="incident", postgresql_where=sa.text(where))
    op.drop_index("ix_incident_open_due", table_name="incident", postgresql_where=OPEN)
    op.create_index(
        "ix_incident_open_due", "incident", OPEN_DUE, unique=False, postgresql_where=OPEN
    )
