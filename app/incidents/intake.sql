-- Reports in, one row each: claim the idempotency key, find the cell, the steward and the
-- responsible unit, write the incident and its first fact. One statement, one transaction.
--   $1 json   array of reports (app/incidents/intake.py: row)
--   $2 uuid   who reports
--   $3 float  metres within which the nearest cell is suggested to a report outside every cell
-- Answers a row for each report that was written (body) or names an unknown category.
-- A report without an answer was sent before: incidents/replay.sql has its answer.
WITH report AS MATERIALIZED (
  SELECT
    r.*,
    ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4490) AS place,
    category.code IS NOT NULL AS known,
    category.name AS category_name,
    category.kind AS category_kind
  FROM json_to_recordset($1::json) AS r(
    n int, id uuid, key text, fingerprint text,
    number_prefix text, number_width int, number_suffix text,
    category text, description text, address text, source text,
    lon float8, lat float8, raw_lon float8, raw_lat float8, raw_crs text,
    accuracy_metres float8, captured_at timestamptz, reported_at timestamptz
  )
  LEFT JOIN category ON category.code = r.category AND category.active
),
claim AS (
  INSERT INTO intake_key (actor_id, key, incident_id)
  SELECT $2::uuid, key, id FROM report WHERE known AND key IS NOT NULL ORDER BY key, n
  ON CONFLICT DO NOTHING
  RETURNING incident_id
),
fresh AS MATERIALIZED (
  SELECT
    report.*, nextval('case_number_seq')::text AS running,
    cell.id AS cell_id, cell.code AS cell_code, cell.name AS cell_name, cell.area_code,
    near.code AS suggested_cell_code, near.metres AS suggested_metres,
    steward.id AS steward_id, steward.name AS steward_name,
    owner.id AS owner_unit_id, owner.name AS owner_unit_name
  FROM report
  LEFT JOIN LATERAL cell_at(report.place) cell ON true
  LEFT JOIN LATERAL nearest_cell(report.place, CASE WHEN cell.id IS NULL THEN $3::float8 END) near
    ON true
  LEFT JOIN LATERAL steward_on_duty(cell.path, report.category) steward ON true
  LEFT JOIN LATERAL owner_on_duty(cell.path, report.category) owner ON true
  WHERE report.known
    AND (report.key IS NULL OR report.id IN (SELECT incident_id FROM claim))
    AND NOT EXISTS (SELECT FROM incident i WHERE i.id = report.id) -- no number for a retry
),
written AS (
  INSERT INTO incident (
    id, number, status, version, category_code, description, address, source,
    place, raw_lon, raw_lat, raw_crs, accuracy_metres, captured_at,
    reported_at, updated_at, reporter_id,
    cell_id, cell_code, area_code, suggested_cell_code, suggested_metres,
    steward_id, owner_unit_id, return_count, rework_count, fingerprint
  )
  SELECT
    id, number_prefix || lpad(running, greatest(number_width, length(running)), '0') || number_suffix,
    'reported', 1, category, description, address, source,
    place, raw_lon, raw_lat, raw_crs, accuracy_metres, captured_at,
    coalesce(reported_at, now()), coalesce(reported_at, now()), $2::uuid,
    cell_id, cell_code, area_code, suggested_cell_code, suggested_metres,
    steward_id, owner_unit_id, 0, 0, fingerprint
  FROM fresh
  ORDER BY id, n
  ON CONFLICT (id) DO NOTHING
  RETURNING *
),
told AS (
  INSERT INTO fact (incident_id, version, kind, status, actor_id, at, data)
  SELECT
    i.id, 1, 'report', i.status, i.reporter_id, i.reported_at,
    incident_json(
      ROW(i.*)::incident, fresh.category_name, fresh.category_kind, fresh.cell_name,
      fresh.steward_name, fresh.owner_unit_name, NULL
    )
  FROM written i
  JOIN fresh ON fresh.id = i.id
  RETURNING incident_id, data::text AS body
)
SELECT report.n, told.body
FROM report
LEFT JOIN told ON told.incident_id = report.id
WHERE told.body IS NOT NULL OR NOT report.known
