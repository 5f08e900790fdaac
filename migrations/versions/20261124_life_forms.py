"""The JSON form of a case with its clock, and what the application's role may do with the new tables."""

from pathlib import Path
from runpy import run_path
from typing import Any

from alembic import op

from app.config import settings

revision = "20261124_life_forms"
down_revision = "20261124_life"
branch_labels = None
depends_on = None

FORMS = (
    """
    CREATE TYPE clock_form AS (
      stage text, yellow_at timestamptz, due_at timestamptz, light text,
      overdue_at timestamptz, exempt boolean
    )
    """,
    "CREATE TYPE limit_form AS (condition_id uuid, condition text, amount numeric, unit text)",
    """
    ALTER TYPE incident_form
      ADD ATTRIBUTE clock clock_form, ADD ATTRIBUTE "limit" limit_form,
      ADD ATTRIBUTE pending text, ADD ATTRIBUTE claimed_by uuid, ADD ATTRIBUTE claimed_at timestamptz,
      ADD ATTRIBUTE suspended_until timestamptz, ADD ATTRIBUTE self_handled boolean,
      ADD ATTRIBUTE merged_into uuid, ADD ATTRIBUTE extension_count int,
      ADD ATTRIBUTE suspension_count int, ADD ATTRIBUTE order_count int,
      ADD ATTRIBUTE recurrence_count int, ADD ATTRIBUTE answers json
    """,
)

# Yellow from its moment on; red once the due moment has passed.
INCIDENT_JSON = """
CREATE OR REPLACE FUNCTION incident_json(
  i incident, category_name text, category_kind text, cell_name text,
  steward_name text, owner_name text, unit_name text
) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT row_to_json(ROW(
    i.id, i.number, i.status, i.version,
    ROW(i.category_code, category_name, category_kind)::category_form,
    i.description, i.address, i.source,
    ST_X(i.place), ST_Y(i.place), ROW(i.raw_lon, i.raw_lat, i.raw_crs)::raw_form,
    i.accuracy_metres, i.captured_at, i.reported_at, i.updated_at, i.ended_at, i.reporter_id,
    CASE WHEN i.cell_id IS NOT NULL
      THEN ROW(i.cell_code, cell_name, i.area_code)::cell_form END,
    CASE WHEN i.suggested_cell_code IS NOT NULL
      THEN ROW(i.suggested_cell_code, round(i.suggested_metres::numeric, 1))::suggestion_form END,
    CASE WHEN i.steward_id IS NOT NULL THEN ROW(i.steward_id, steward_name)::named_form END,
    CASE WHEN i.owner_unit_id IS NOT NULL THEN ROW(i.owner_unit_id, owner_name)::named_form END,
    CASE WHEN i.unit_id IS NOT NULL THEN ROW(i.unit_id, unit_name)::named_form END,
    i.handler_id, i.return_count, i.rework_count,
    ROW(
      i.stage, i.yellow_at, i.due_at,
      CASE WHEN i.due_at < now() THEN 'red' WHEN i.yellow_at <= now() THEN 'yellow'
        WHEN i.due_at IS NOT NULL THEN 'green' END,
      i.overdue_at, i.exempt
    )::clock_form,
    CASE WHEN i.limit_amount IS NOT NULL
      THEN ROW(i.condition_id, i.condition_code, i.limit_amount, i.limit_unit)::limit_form END,
    i.pending, i.claimed_by, i.claimed_at, i.suspended_until, i.self_handled, i.merged_into,
    i.extension_count, i.suspension_count, i.order_count, i.recurrence_count, i.answers
  )::incident_form)
$$
"""

GRANTS = """
GRANT SELECT ON incident_out, application, dispatch_choice, fact_reader, part, rules_version,
  stage_clock, supervision_order, task TO {role};
GRANT INSERT ON application, dispatch_choice, fact_reader, part, rules_version, stage_clock,
  supervision_order, task TO {role};
GRANT UPDATE ON application, dispatch_choice, fact_reader, part, stage_clock, supervision_order,
  task TO {role};
GRANT DELETE ON part TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}
"""


def _guards() -> Any:
    """The migration that made the first forms: going back takes them from there."""
    return run_path(str(Path(__file__).with_name("20261121_guards.py")))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP VIEW incident_out")
    for statement in (*FORMS, INCIDENT_JSON, _guards()["INCIDENT_OUT"]):
        op.execute(statement)
    for statement in GRANTS.format(role=settings().database_role).split(";"):
        op.execute(statement)


def downgrade() -> None:
    """The view comes back with the migration below, once the columns that it shows are gone."""
    guards = _guards()
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP VIEW incident_out")
    op.execute("DROP FUNCTION incident_json")
    for form in ("incident", "clock", "limit"):
        op.execute(f"DROP TYPE {form}_form")
    for statement in (guards["FORMS"][-1], guards["INCIDENT_JSON"]):
        op.execute(statement)
