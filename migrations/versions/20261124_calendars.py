"""The city's calendar: its versions, and its own words on days."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.config import settings

revision = "20261124_calendars"
down_revision = "20261124_catalog"
branch_labels = None
depends_on = None

GRANTS = """
GRANT SELECT, INSERT ON calendar_version, calendar_day TO {role};
GRANT UPDATE (until_version) ON calendar_day TO {role}
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "calendar_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hours", postgresql.JSONB(), nullable=False),
        sa.Column("seasons", postgresql.JSONB(), nullable=False),
        sa.Column("hours_per_day", sa.Numeric(4, 2), nullable=False),
        sa.Column("holidays", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "hours_per_day > 0 AND hours_per_day <= 24",
            name=op.f("ck_calendar_version_hours_per_day"),
        ),
        sa.CheckConstraint(
            "holidays IN ('china','none')", name=op.f("ck_calendar_version_holidays")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["account.id"], name=op.f("fk_calendar_version_changed_by_account")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("windows", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("since_version", sa.Integer(), nullable=False),
        sa.Column("until_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "works OR windows = '{}'", name=op.f("ck_calendar_day_rest_has_no_windows")
        ),
        sa.CheckConstraint("until_version > since_version", name=op.f("ck_calendar_day_versions")),
        sa.ForeignKeyConstraint(
            ["since_version"],
            ["calendar_version.version"],
            name=op.f("fk_calendar_day_since_version_calendar_version"),
        ),
        sa.ForeignKeyConstraint(
            ["until_version"],
            ["calendar_version.version"],
            name=op.f("fk_calendar_day_until_version_calendar_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
    )
    op.create_index(
        "uq_calendar_day_date_current",
        "calendar_day",
        ["date"],
        unique=True,
        postgresql_where=sa.text("until_version IS NULL"),
    )
    for statement in GRANTS.format(role=settings().database_role).split(";"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("calendar_day")
    op.drop_table("calendar_version")
