"""Case numbers, the JSON form of a case, append-only facts, the application's narrow role."""

from alembic import op

from app.config import settings

revision = "20261121_guards"
down_revision = "20261121_tables"
branch_labels = None
depends_on = None

CASE_NUMBER = """
CREATE FUNCTION case_number(prefix text, width int, suffix text) RETURNS text
LANGUAGE sql VOLATILE AS $$
  SELECT prefix || lpad(n::text, greatest(width, length(n::text)), '0') || suffix
  FROM nextval('case_number_seq') AS n
$$
"""

# OFFSET 0 keeps the planner on the spatial index; walking codes in order would be slow.
CELL_AT = """
CREATE FUNCTION cell_at(place geometry)
RETURNS TABLE (id uuid, code text, name text, area_code text, path text[])
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT covering.id, covering.code, covering.name, covering.area_code, covering.path
  FROM (
    SELECT c.* FROM cell c WHERE c.valid_to IS NULL AND ST_Covers(c.area, place) OFFSET 0
  ) covering
  ORDER BY covering.code COLLATE "C"
  LIMIT 1
$$
"""

NEAREST_CELL = """
CREATE FUNCTION nearest_cell(place geometry, within_metres float8)
RETURNS TABLE (code text, metres float8)
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT c.code, ST_Distance(c.area::geography, place::geography) AS metres
  FROM cell c
  WHERE within_metres IS NOT NULL
    AND c.valid_to IS NULL
    AND ST_DWithin(c.area::geography, place::geography, within_metres)
  ORDER BY metres, c.code COLLATE "C"
  LIMIT 1
$$
"""

# The narrowest place wins, then the narrowest class; a deputy stands in for the holder.
STEWARD_ON_DUTY = """
CREATE FUNCTION steward_on_duty(path text[], category text)
RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT a.id, a.name
  FROM post p
  JOIN account a ON a.active AND a.id = CASE
    WHEN now() >= p.deputy_from AND now() < p.deputy_to THEN p.deputy_id ELSE p.account_id END
  WHERE p.duty = 'steward'
    AND p.place_code = ANY (array_prepend('', path))
    AND p.category_code = ANY (ARRAY['', left(category, 1), left(category, 3), category])
    AND p.valid_from <= now() AND (p.valid_to IS NULL OR p.valid_to > now())
  ORDER BY
    array_position(path, p.place_code) DESC NULLS LAST, length(p.category_code) DESC,
    p.valid_from, p.id
  LIMIT 1
$$
"""

# The narrowest class wins, then the narrowest place.
OWNER_ON_DUTY = """
CREATE FUNCTION owner_on_duty(path text[], category text)
RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT u.id, u.name
  FROM post p
  JOIN unit u ON u.id = p.unit_id AND u.active
  WHERE p.duty = 'owner'
    AND p.place_code = ANY (array_prepend('', path))
    AND p.category_code = ANY (ARRAY['', left(category, 1), left(category, 3), category])
    AND p.valid_from <= now() AND (p.valid_to IS NULL OR p.valid_to > now())
  ORDER BY
    length(p.category_code) DESC, array_position(path, p.place_code) DESC NULLS LAST,
    p.valid_from, p.id
  LIMIT 1
$$
"""

INCIDENT_JSON = """
CREATE FUNCTION incident_json(
  i incident, category_name text, category_kind text, cell_name text,
  steward_name text, owner_name text, unit_name text
) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', i.id, 'number', i.number, 'status', i.status, 'version', i.version,
    'category', jsonb_build_object(
      'code', i.category_code, 'name', category_name, 'kind', category_kind),
    'description', i.description, 'address', i.address, 'source', i.source,
    'lon', ST_X(i.place), 'lat', ST_Y(i.place),
    'raw', jsonb_build_object('lon', i.raw_lon, 'lat', i.raw_lat, 'crs', i.raw_crs),
    'accuracy_metres', i.accuracy_metres, 'captured_at', i.captured_at,
    'reported_at', i.reported_at, 'updated_at', i.updated_at, 'ended_at', i.ended_at,
    'reporter_id', i.reporter_id,
    'cell', CASE WHEN i.cell_id IS NOT NULL THEN jsonb_build_object(
      'code', i.cell_code, 'name', cell_name, 'area_code', i.area_code) END,
    'suggestion', CASE WHEN i.suggested_cell_code IS NOT NULL THEN jsonb_build_object(
      'cell', i.suggested_cell_code, 'metres', round(i.suggested_metres::numeric, 1)) END,
    'steward', CASE WHEN i.steward_id IS NOT NULL THEN jsonb_build_object(
      'id', i.steward_id, 'name', steward_name) END,
    'owner', CASE WHEN i.owner_unit_id IS NOT NULL THEN jsonb_build_object(
      'id', i.owner_unit_id, 'name', owner_name) END,
    'unit', CASE WHEN i.unit_id IS NOT NULL THEN jsonb_build_object(
      'id', i.unit_id, 'name', unit_name) END,
    'handler_id', i.handler_id,
    'return_count', i.return_count, 'rework_count', i.rework_count
  )
$$
"""

INCIDENT_OUT = """
CREATE VIEW incident_out AS
SELECT
  i.*,
  incident_json(
    i, category.name, category.kind, cell.name, steward.name, owner.name, unit.name
  ) AS body
FROM incident i
LEFT JOIN category ON category.code = i.category_code
LEFT JOIN cell ON cell.id = i.cell_id
LEFT JOIN account steward ON steward.id = i.steward_id
LEFT JOIN unit owner ON owner.id = i.owner_unit_id
LEFT JOIN unit ON unit.id = i.unit_id
"""

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'facts are append-only' USING ERRCODE = 'restrict_violation';
END
$$
"""

ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} NOLOGIN;
  END IF;
  EXECUTE format('GRANT {role} TO %I', current_user);
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT INSERT ON incident, fact, intake_key, area, cell, grid_import, category,
  unit, account, post, refresh_token, api_key TO {role};
GRANT UPDATE ON incident, area, cell, grid_import, category,
  unit, account, post, refresh_token, api_key TO {role};
GRANT DELETE ON intake_key, refresh_token TO {role}
"""


FUNCTIONS = (
    "case_number",
    "cell_at",
    "nearest_cell",
    "steward_on_duty",
    "owner_on_duty",
    "incident_json",
    "refuse_change",
)


def upgrade() -> None:
    role = settings().database_role
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SEQUENCE case_number_seq")
    for statement in (
        CASE_NUMBER,
        CELL_AT,
        NEAREST_CELL,
        STEWARD_ON_DUTY,
        OWNER_ON_DUTY,
        INCIDENT_JSON,
        INCIDENT_OUT,
        REFUSE,
    ):
        op.execute(statement)
    op.execute(
        "CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fact "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(ROLE.format(role=role))
    for statement in GRANTS.format(role=role).split(";"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TRIGGER fact_append_only ON fact")
    op.execute("DROP VIEW incident_out")
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP SEQUENCE case_number_seq")
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {settings().database_role}")
