"""Look-ups of the hot paths, the JSON form of a case, append-only facts, the application's narrow role."""

from alembic import op

from app.config import settings

revision = "20261121_guards"
down_revision = "20261121_tables"
branch_labels = None
depends_on = None

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
  CROSS JOIN LATERAL (
    SELECT account.id, account.name FROM account
    WHERE account.active AND account.id = CASE
      WHEN now() >= p.deputy_from AND now() < p.deputy_to THEN p.deputy_id ELSE p.account_id END
    OFFSET 0
  ) a
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

# The JSON form of a case, as composite types: row_to_json is three times quicker than
# json_build_object and five times quicker than jsonb.
FORMS = (
    "CREATE TYPE category_form AS (code text, name text, kind text)",
    "CREATE TYPE raw_form AS (lon float8, lat float8, crs text)",
    "CREATE TYPE cell_form AS (code text, name text, area_code text)",
    "CREATE TYPE suggestion_form AS (cell text, metres float8)",
    "CREATE TYPE named_form AS (id uuid, name text)",
    """
    CREATE TYPE incident_form AS (
      id uuid, number text, status text, version int, category category_form,
      description text, address text, source text,
      lon float8, lat float8, raw raw_form, accuracy_metres float8,
      captured_at timestamptz, reported_at timestamptz, updated_at timestamptz,
      ended_at timestamptz, reporter_id uuid,
      cell cell_form, suggestion suggestion_form, steward named_form, owner named_form,
      unit named_form, handler_id uuid, return_count int, rework_count int
    )
    """,
)

INCIDENT_JSON = """
CREATE FUNCTION incident_json(
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
    i.handler_id, i.return_count, i.rework_count
  )::incident_form)
$$
"""

# OFFSET 0 makes every name one look-up by key; a generic plan would read whole tables.
INCIDENT_OUT = """
CREATE VIEW incident_out AS
SELECT
  i.*,
  incident_json(
    i, category.name, category.kind, cell.name, steward.name, owner.name, unit.name
  ) AS body
FROM incident i
LEFT JOIN LATERAL (SELECT c.* FROM category c WHERE c.code = i.category_code OFFSET 0) category
  ON true
LEFT JOIN LATERAL (SELECT c.name FROM cell c WHERE c.id = i.cell_id OFFSET 0) cell ON true
LEFT JOIN LATERAL (SELECT a.name FROM account a WHERE a.id = i.steward_id OFFSET 0) steward ON true
LEFT JOIN LATERAL (SELECT u.name FROM unit u WHERE u.id = i.owner_unit_id OFFSET 0) owner ON true
LEFT JOIN LATERAL (SELECT u.name FROM unit u WHERE u.id = i.unit_id OFFSET 0) unit ON true
"""

# Small cities stay below autovacuum's threshold, and without statistics the planner walks a
# whole index to find one cell. The owner's right, because the application's role has none.
REFRESH = """
CREATE FUNCTION refresh_grid_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  ANALYZE cell;
  ANALYZE area;
END
$$
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
    "cell_at",
    "nearest_cell",
    "steward_on_duty",
    "owner_on_duty",
    "incident_json",
    "refresh_grid_statistics",
    "refuse_change",
)


def upgrade() -> None:
    role = settings().database_role
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SEQUENCE case_number_seq")
    for statement in (
        *FORMS,
        CELL_AT,
        NEAREST_CELL,
        STEWARD_ON_DUTY,
        OWNER_ON_DUTY,
        INCIDENT_JSON,
        INCIDENT_OUT,
        REFRESH,
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
    for form in ("incident", "named", "suggestion", "cell", "raw", "category"):
        op.execute(f"DROP TYPE {form}_form")
    op.execute("DROP SEQUENCE case_number_seq")
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {settings().database_role}")
