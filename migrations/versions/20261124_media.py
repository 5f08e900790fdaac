"""Evidence files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.config import settings

revision = "20261124_media"
down_revision = "20261124_calendars"
branch_labels = None
depends_on = None

# The 64 bits of a perceptual hash as four numbers of 16 bits, each marked with its position.
BANDS = """
CREATE FUNCTION phash_bands(phash bigint) RETURNS int[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ARRAY[
    (phash & 65535)::int,
    (phash >> 16 & 65535)::int | 65536,
    (phash >> 32 & 65535)::int | 131072,
    (phash >> 48 & 65535)::int | 196608
  ]
$$
"""

# Two hashes that differ in at most seven bits differ in at most one bit of some band: every band
# as it is and with each of its bits turned are 68 numbers to look up.
PROBES = """
CREATE FUNCTION phash_probes(phash bigint) RETURNS int[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_agg(band # turned)
  FROM unnest(phash_bands(phash)) band,
    unnest('{0,1,2,4,8,16,32,64,128,256,512,1024,2048,4096,8192,16384,32768}'::int[]) turned
$$
"""


def upgrade() -> None:
    role = settings().database_role
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(BANDS)
    op.execute(PROBES)
    op.create_table(
        "media",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("phash", sa.BigInteger(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("camera", sa.Text(), nullable=True),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("twin_id", sa.Uuid(), nullable=True),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("uploader_id", sa.Uuid(), nullable=False),
        sa.Column(
            "uploaded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "stage IN ('report','verify','before','during','after','check')",
            name=op.f("ck_media_stage"),
        ),
        sa.CheckConstraint(
            "kind IN ('photo','video','audio','document')", name=op.f("ck_media_kind")
        ),
        sa.CheckConstraint("state IN ('pending','ready','failed')", name=op.f("ck_media_state")),
        sa.ForeignKeyConstraint(["twin_id"], ["media.id"], name=op.f("fk_media_twin_id")),
        sa.ForeignKeyConstraint(["uploader_id"], ["account.id"], name=op.f("fk_media_uploader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index("ix_media_incident_id", "media", ["incident_id"])
    op.create_index("ix_media_sha256", "media", ["sha256"])
    op.create_index(
        "ix_media_phash",
        "media",
        [sa.text("phash_bands(phash)")],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_media_twin_id",
        "media",
        ["twin_id"],
        postgresql_where=sa.text("twin_id IS NOT NULL"),
    )
    op.create_index("uq_media_object_key", "media", ["object_key"], unique=True)
    op.execute(f"GRANT SELECT, INSERT, UPDATE (state, state_reason) ON media TO {role}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("media")
    op.execute("DROP FUNCTION phash_probes")
    op.execute("DROP FUNCTION phash_bands")
