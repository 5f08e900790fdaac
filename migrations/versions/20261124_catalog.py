"""Editions of the catalogue, with conditions, questions and phrases; a city's switches."""

from pathlib import Path
from runpy import run_path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.config import settings

revision = "20261124_catalog"
down_revision = "20261124_roles"
branch_labels = None
depends_on = None

CONTENT = ("edition_class", "condition", "question", "phrase")

# FOR SHARE waits for a publication under way, and then finds no draft.
GUARD_CONTENT = """
CREATE FUNCTION refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched int := CASE WHEN TG_OP = 'DELETE' THEN OLD.edition ELSE NEW.edition END;
BEGIN
  PERFORM FROM edition WHERE number = touched AND status = 'draft' FOR SHARE;
  IF NOT FOUND OR (TG_OP = 'UPDATE' AND OLD.edition <> NEW.edition) THEN
    RAISE EXCEPTION 'edition % is not a draft: it never changes', coalesce(touched::text, '(any)')
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$
"""

GUARD_EDITION = """
CREATE FUNCTION refuse_change_of_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'draft' THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.status = 'retired' OR NEW.status <> 'retired' OR
    (to_jsonb(OLD) - 'status' - 'retired_at') <> (to_jsonb(NEW) - 'status' - 'retired_at')
  THEN
    RAISE EXCEPTION 'edition % is not a draft: it never changes', OLD.number
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON edition, edition_class, condition, question, phrase
  TO {role};
GRANT SELECT, INSERT, UPDATE ON category_setting TO {role};
GRANT USAGE ON SEQUENCE edition_number_seq TO {role}
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _editions()
    _content()
    _current()
    op.execute(GUARD_CONTENT)
    op.execute(GUARD_EDITION)
    for table in CONTENT:
        op.execute(
            f"CREATE TRIGGER {table}_of_draft BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_published()"
        )
    op.execute(
        "CREATE TRIGGER edition_of_draft BEFORE UPDATE OR DELETE ON edition "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_edition()"
    )
    for statement in GRANTS.format(role=settings().database_role).split(";"):
        op.execute(statement)


def _editions() -> None:
    op.create_table(
        "edition",
        sa.Column("number", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft','published','retired')", name=op.f("ck_edition_status")
        ),
        sa.ForeignKeyConstraint(["based_on"], ["edition.number"], name=op.f("fk_edition_based_on")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_edition_created_by")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_edition_published_by")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_edition")),
    )
    op.create_index(
        "uq_edition_published",
        "edition",
        ["status"],
        unique=True,
        postgresql_where=sa.text("status = 'published'"),
    )


def _of_class(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["edition", "category_code"],
        ["edition_class.edition", "edition_class.code"],
        name=op.f(f"fk_{table}_edition_category_code"),
        ondelete="CASCADE",
    )


def _content() -> None:
    op.create_table(
        "edition_class",
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("big_name", sa.Text(), nullable=False),
        sa.Column("big_name_en", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("extension", sa.Boolean(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition"], ["edition.number"], name=op.f("fk_edition_class_edition")
        ),
        sa.PrimaryKeyConstraint("edition", "code", name=op.f("pk_edition_class")),
    )
    op.create_table(
        "condition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("category_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("region_class", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("thresholds", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("tags", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("closing_text", sa.Text(), nullable=False),
        sa.Column(
            "closing_actions", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("limit_amount", sa.Numeric(6, 2), nullable=False),
        sa.Column("limit_unit", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.CheckConstraint("limit_amount > 0", name=op.f("ck_condition_limit_amount")),
        sa.CheckConstraint(
            "limit_unit IN ('urgent_hour','urgent_day','work_hour','work_day')",
            name=op.f("ck_condition_limit_unit"),
        ),
        _of_class("condition"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        sa.UniqueConstraint("edition", "code", name=op.f("uq_condition_edition_code")),
    )
    op.create_index("ix_condition_class", "condition", ["edition", "category_code", "number"])
    op.create_table(
        "question",
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("category_code", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("options", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('text','number','single','multiple','date')", name=op.f("ck_question_kind")
        ),
        _of_class("question"),
        sa.PrimaryKeyConstraint("edition", "code", name=op.f("pk_question")),
    )
    op.create_table(
        "phrase",
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("category_code", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["edition.number"], name=op.f("fk_phrase_edition")),
        _of_class("phrase"),
        sa.PrimaryKeyConstraint("edition", "code", name=op.f("pk_phrase")),
    )


def _current() -> None:
    op.add_column(
        "category",
        sa.Column("extension", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("category", sa.Column("edition", sa.Integer(), nullable=True))
    op.add_column(
        "category", sa.Column("initials", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "category", sa.Column("pinyin", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.create_foreign_key(
        op.f("fk_category_edition"), "category", "edition", ["edition"], ["number"]
    )
    op.create_table(
        "category_setting",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("auto_dispatch", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["category.code"], name=op.f("fk_category_setting_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category_setting")),
    )
    op.execute(
        "INSERT INTO category_setting (code, active) SELECT code, false FROM category WHERE NOT active"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP VIEW incident_out")  # it shows all columns of a class
    op.drop_table("category_setting")
    op.drop_constraint(op.f("fk_category_edition"), "category")
    for column in ("pinyin", "initials", "edition", "extension"):
        op.drop_column("category", column)
    guards = run_path(str(Path(__file__).with_name("20261121_guards.py")))
    op.execute(guards["INCIDENT_OUT"])
    op.execute(f"GRANT SELECT ON incident_out TO {settings().database_role}")
    for table in reversed(CONTENT):
        op.drop_table(table)
    op.drop_table("edition")
    op.execute("DROP FUNCTION refuse_change_of_published")
    op.execute("DROP FUNCTION refuse_change_of_edition")
