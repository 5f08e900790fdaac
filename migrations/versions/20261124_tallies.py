"""Roll-ups of the fact log: the tables, and their reader at the log's beginning."""

import sqlalchemy as sa
from alembic import op

from app.config import settings

revision = "20261124_tallies"
down_revision = "20261124_desk"
branch_labels = None
depends_on = None

COUNTERS = (
    "reported", "closed", "closed_late", "first_time", "overdue", "accepted", "rejected", "filed",
    "dispatched", "handled", "self_handled", "returned", "reworked", "checks_passed",
    "checks_failed", "voided", "merged", "reopened",
)  # fmt: skip


def _counts(*names: str) -> list[sa.Column[int]]:
    return [
        sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False) for name in names
    ]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "tally",
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        *_counts(*COUNTERS),
        sa.CheckConstraint(
            "dimension IN ('all','source','category','area','unit')",
            name=op.f("ck_tally_dimension"),
        ),
        sa.CheckConstraint("span IN ('day','week','month')", name=op.f("ck_tally_span")),
        sa.PrimaryKeyConstraint(
            "area_code", "dimension", "span", "day", "value", name=op.f("pk_tally")
        ),
        postgresql_with={"fillfactor": 70},  # today's rows are counted up in place
    )
    op.create_table(
        "tally_hour",
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        *_counts("reported", "closed"),
        sa.PrimaryKeyConstraint("area_code", "day", "hour", name=op.f("pk_tally_hour")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index(
        "ix_incident_overdue_at",
        "incident",
        ["overdue_at"],
        unique=False,
        postgresql_where=sa.text("overdue_at IS NOT NULL"),
    )
    op.create_index(
        "ix_incident_open_lights",
        "incident",
        ["area_code"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_include=["status", "cell_code", "yellow_at", "due_at"],
    )
    op.execute("INSERT INTO fact_reader (name, xid, id) VALUES ('tallies', '0', 0)")
    role = settings().database_role
    op.execute(f"GRANT SELECT, INSERT, UPDATE, TRUNCATE ON tally, tally_hour TO {role}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DELETE FROM fact_reader WHERE name = 'tallies'")
    op.drop_index("ix_incident_open_lights", table_name="incident")
    op.drop_index("ix_incident_overdue_at", table_name="incident")
    op.drop_table("tally_hour")
    op.drop_table("tally")
