"""Notices: inbox, preferences, deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.config import settings

revision = "20261124_notices"
down_revision = "20261124_media"
branch_labels = None
depends_on = None

TEXTS = postgresql.ARRAY(sa.Text())
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _notice()
    _preference()
    _delivery()
    role = settings().database_role
    tables = "notice, notice_preference, notice_delivery"
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {tables} TO {role}")
    op.execute(f"GRANT DELETE ON notice TO {role}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("notice_delivery", "notice_preference", "notice"):
        op.drop_table(table)


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(
        "uq_notice_account_id_key",
        "notice",
        ["account_id", "key"],
        unique=True,
        postgresql_where=sa.text("key IS NOT NULL"),
    )
    op.create_index("ix_notice_account_id_at_id", "notice", ["account_id", "at", "id"])
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_notice_unread", "notice", ["account_id", "at", "id"], postgresql_where=unread
    )
    read = sa.text("read_at IS NOT NULL")
    op.create_index("ix_notice_read_at", "notice", ["read_at"], postgresql_where=read)


def _preference() -> None:
    off, none = sa.text("false"), sa.text("'{}'")
    op.create_table(
        "notice_preference",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("email_address", sa.Text(), nullable=True),
        sa.Column("email_on", sa.Boolean(), server_default=off, nullable=False),
        sa.Column("email_muted", TEXTS, server_default=none, nullable=False),
        sa.Column("webhook_url", sa.Text(), nullable=True),
        sa.Column("webhook_secret", sa.Text(), nullable=True),
        sa.Column("webhook_on", sa.Boolean(), server_default=off, nullable=False),
        sa.Column("webhook_muted", TEXTS, server_default=none, nullable=False),
        sa.Column("quiet_begins", sa.Time(), nullable=True),
        sa.Column("quiet_ends", sa.Time(), nullable=True),
        sa.Column("quiet_weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=True),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "NOT email_on OR email_address IS NOT NULL",
            name=op.f("ck_notice_preference_email_complete"),
        ),
        sa.CheckConstraint(
            "NOT webhook_on OR webhook_url IS NOT NULL",
            name=op.f("ck_notice_preference_webhook_complete"),
        ),
        sa.CheckConstraint(
            "webhook_url IS NULL OR webhook_secret IS NOT NULL",
            name=op.f("ck_notice_preference_webhook_signed"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(quiet_begins, quiet_ends, quiet_weekdays) IN (0, 3)",
            name=op.f("ck_notice_preference_quiet_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_preference_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_notice_preference")),
    )


def _delivery() -> None:
    op.create_table(
        "notice_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "channel IN ('email','webhook')", name=op.f("ck_notice_delivery_channel_known")
        ),
        sa.CheckConstraint(
            "state IN ('pending','held','sent','failed')",
            name=op.f("ck_notice_delivery_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_delivery_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notice.id"],
            name=op.f("fk_notice_delivery_notice_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
    )
    op.create_index("ix_notice_delivery_notice_id", "notice_delivery", ["notice_id"])
    op.create_index("ix_notice_delivery_parcel_id", "notice_delivery", ["parcel_id"])
    due = sa.text("state = 'pending' AND id = parcel_id")
    op.create_index("ix_notice_delivery_due", "notice_delivery", ["next_at"], postgresql_where=due)
    held = sa.text("state = 'held'")
    op.create_index(
        "ix_notice_delivery_held", "notice_delivery", ["next_at"], postgresql_where=held
    )
