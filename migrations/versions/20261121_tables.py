"""The first tables: grids, people, catalogue, incidents and their facts."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from app.incidents.models import Xid8

revision = "20261121_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "category",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("big_name", sa.Text(), nullable=False),
        sa.Column("big_name_en", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("kind IN ('component','event')", name=op.f("ck_category_kind")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("data", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "version", name=op.f("pk_fact")),
    )
    op.create_index("uq_fact_xid_id", "fact", ["xid", "id"], unique=True)
    op.create_table(
        "grid_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("progress", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "level IN ('district','subdistrict','community','cell')",
            name=op.f("ck_grid_import_level"),
        ),
        sa.CheckConstraint(
            "status IN ('queued','running','refused','checked','done','failed')",
            name=op.f("ck_grid_import_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_import")),
    )
    op.create_geospatial_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("category_code", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "place",
            Geometry(
                geometry_type="POINT",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("raw_lon", sa.Double(), nullable=False),
        sa.Column("raw_lat", sa.Double(), nullable=False),
        sa.Column("raw_crs", sa.Text(), nullable=False),
        sa.Column("accuracy_metres", sa.Double(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=True),
        sa.Column("cell_code", sa.Text(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("suggested_cell_code", sa.Text(), nullable=True),
        sa.Column("suggested_metres", sa.Double(), nullable=True),
        sa.Column("steward_id", sa.Uuid(), nullable=True),
        sa.Column("owner_unit_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("return_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rework_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source IN ('steward','hotline','resident','camera','leader','media','partner','sensor','import','other')",
            name=op.f("ck_incident_source"),
        ),
        sa.CheckConstraint(
            "status IN ('reported','accepted','filed','dispatched','handling','handled','checking','checked','closed','rejected','voided')",
            name=op.f("ck_incident_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(
        "ix_incident_area_newest",
        "incident",
        ["area_code", sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_incident_category_newest",
        "incident",
        ["category_code", sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_incident_cell_newest",
        "incident",
        ["cell_code", sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_incident_newest",
        "incident",
        [sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_incident_no_cell",
        "incident",
        [sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("cell_id IS NULL"),
    )
    op.create_index(
        "ix_incident_open_area",
        "incident",
        [
            "area_code",
            "status",
            sa.literal_column("reported_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_incident_open_status",
        "incident",
        ["status", sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_geospatial_index(
        "ix_incident_place",
        "incident",
        ["place"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(
        "ix_incident_steward_newest",
        "incident",
        ["steward_id", sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_incident_open_unit",
        "incident",
        ["unit_id", "status", sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_incident_reporter_newest",
        "incident",
        ["reporter_id", sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_incident_unit_newest",
        "incident",
        ["unit_id", sa.literal_column("reported_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.create_index(
        "ix_incident_words",
        "incident",
        [
            sa.literal_column("((description || ' '::text) || COALESCE(address, ''::text))").label(
                "words"
            )
        ],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.create_index("uq_incident_number", "incident", ["number"], unique=True)
    op.create_table(
        "intake_key",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_intake_key")),
    )
    op.create_index(
        "ix_intake_key_created_at",
        "intake_key",
        ["created_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("failed_logins", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "roles <@ ARRAY['steward','acceptor','supervisor','dispatcher','handler','evaluator','administrator','observer','integration']",
            name=op.f("ck_account_roles_known"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_account_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_geospatial_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "area",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("area_square_metres", sa.Double(), nullable=False),
        sa.Column("repaired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "level IN ('district','subdistrict','community')", name=op.f("ck_area_level")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["grid_import.id"], name=op.f("fk_area_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
    )
    op.create_geospatial_index(
        "ix_area_area", "area", ["area"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(
        "ix_area_code", "area", ["code"], unique=False, postgresql_ops={"code": "text_pattern_ops"}
    )
    op.create_index("ix_area_parent_code", "area", ["parent_code"], unique=False)
    op.create_index("ix_area_path", "area", ["path"], unique=False, postgresql_using="gin")
    op.create_index(
        "uq_area_code_current",
        "area",
        ["code"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_geospatial_table(
        "cell",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "area",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("area_square_metres", sa.Double(), nullable=False),
        sa.Column(
            "centre",
            Geometry(
                geometry_type="POINT",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("repaired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["grid_import.id"], name=op.f("fk_cell_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell")),
    )
    op.create_index(
        "ix_cell_alone",
        "cell",
        ["area_code"],
        unique=False,
        postgresql_ops={"area_code": "text_pattern_ops"},
        postgresql_where=sa.text("parent_code IS NULL"),
    )
    op.create_geospatial_index(
        "ix_cell_area_current",
        "cell",
        ["area"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("valid_to IS NULL"),
        postgresql_ops={},
    )
    op.create_index(
        "ix_cell_area_geography_current",
        "cell",
        [sa.literal_column("(area::geography)")],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_index(
        "ix_cell_code", "cell", ["code"], unique=False, postgresql_ops={"code": "text_pattern_ops"}
    )
    op.create_index("ix_cell_path", "cell", ["path"], unique=False, postgresql_using="gin")
    op.create_index(
        "uq_cell_code_current",
        "cell",
        ["code"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_key_account_id")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_api_key_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("place_code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("category_code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("deputy_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deputy_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(duty = 'owner') = (unit_id IS NOT NULL)", name=op.f("ck_post_duty_of_holder")
        ),
        sa.CheckConstraint(
            "deputy_id IS NULL OR (deputy_from IS NOT NULL AND deputy_to > deputy_from)",
            name=op.f("ck_post_deputy_period"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(account_id, unit_id) = 1", name=op.f("ck_post_one_holder")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_post_period")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_post_account_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_post_deputy_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_post_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index("ix_post_account_id", "post", ["account_id"], unique=False)
    op.create_index(
        "ix_post_deputy_id",
        "post",
        ["deputy_id"],
        unique=False,
        postgresql_where=sa.text("deputy_id IS NOT NULL"),
    )
    op.create_index(
        "ix_post_duty_place_code_category_code",
        "post",
        ["duty", "place_code", "category_code"],
        unique=False,
    )
    op.create_table(
        "refresh_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_refresh_token_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_token_token_hash")),
    )
    op.create_index("ix_refresh_token_account_id", "refresh_token", ["account_id"], unique=False)
    op.create_index("ix_refresh_token_chain_id", "refresh_token", ["chain_id"], unique=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_refresh_token_chain_id", table_name="refresh_token")
    op.drop_index("ix_refresh_token_account_id", table_name="refresh_token")
    op.drop_table("refresh_token")
    op.drop_index("ix_post_duty_place_code_category_code", table_name="post")
    op.drop_index(
        "ix_post_deputy_id", table_name="post", postgresql_where=sa.text("deputy_id IS NOT NULL")
    )
    op.drop_index("ix_post_account_id", table_name="post")
    op.drop_table("post")
    op.drop_table("api_key")
    op.drop_index(
        "uq_cell_code_current", table_name="cell", postgresql_where=sa.text("valid_to IS NULL")
    )
    op.drop_index("ix_cell_path", table_name="cell", postgresql_using="gin")
    op.drop_index("ix_cell_code", table_name="cell")
    op.drop_index(
        "ix_cell_area_geography_current",
        table_name="cell",
        postgresql_using="gist",
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.drop_geospatial_index(
        "ix_cell_area_current",
        table_name="cell",
        postgresql_using="gist",
        postgresql_where=sa.text("valid_to IS NULL"),
        column_name="area",
    )
    op.drop_index("ix_cell_alone", table_name="cell")
    op.drop_geospatial_table("cell")
    op.drop_index(
        "uq_area_code_current", table_name="area", postgresql_where=sa.text("valid_to IS NULL")
    )
    op.drop_index("ix_area_path", table_name="area", postgresql_using="gin")
    op.drop_index("ix_area_parent_code", table_name="area")
    op.drop_index("ix_area_code", table_name="area")
    op.drop_geospatial_index(
        "ix_area_area", table_name="area", postgresql_using="gist", column_name="area"
    )
    op.drop_geospatial_table("area")
    op.drop_table("account")
    op.drop_table("unit")
    op.drop_index("ix_intake_key_created_at", table_name="intake_key", postgresql_using="brin")
    op.drop_table("intake_key")
    op.drop_index("uq_incident_number", table_name="incident")
    op.drop_index("ix_incident_words", table_name="incident", postgresql_using="gin")
    op.drop_index(
        "ix_incident_unit_newest",
        table_name="incident",
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.drop_index("ix_incident_steward_newest", table_name="incident")
    op.drop_index("ix_incident_open_unit", table_name="incident")
    op.drop_index("ix_incident_reporter_newest", table_name="incident")
    op.drop_geospatial_index(
        "ix_incident_place", table_name="incident", postgresql_using="gist", column_name="place"
    )
    op.drop_index(
        "ix_incident_open_status",
        table_name="incident",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_incident_open_area", table_name="incident", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index(
        "ix_incident_no_cell", table_name="incident", postgresql_where=sa.text("cell_id IS NULL")
    )
    op.drop_index("ix_incident_newest", table_name="incident")
    op.drop_index("ix_incident_cell_newest", table_name="incident")
    op.drop_index("ix_incident_category_newest", table_name="incident")
    op.drop_index("ix_incident_area_newest", table_name="incident")
    op.drop_geospatial_table("incident")
    op.drop_table("grid_import")
    op.drop_index("uq_fact_xid_id", table_name="fact")
    op.drop_table("fact")
    op.drop_table("category")
