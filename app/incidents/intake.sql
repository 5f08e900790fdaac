-- Reports in, one row each: claim the idempotency key, find the cell, the steward and the
-- responsible unit, write the incident and its first fact. One statement, one transaction.
--   $1 json   array of reports (app/incidents/intake.py: row)
--   $2 uuid   who reports
--   $3 float  metres within which the nearest cell is suggested to a report outside every cell
--   $4 timestamptz  when the reports came in, unless one says so itself (imports)
--   $5 json   the stage clock that starts with them: pace, calendar_version, limit_seconds,
--             yellow_share, yellow_at, due_at, history; null for none (imports)
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
    accuracy_metres float8, captured_at timestamptz, reported_at timestamptz, answers json
  )
  LEFT JOIN category ON category.code = r.category AND category.active
),
clock AS MATERIALIZED (
  SELECT * FROM json_to_record($5::json) AS c(
    pace text, calendar_version int, limit_seconds int, yellow_share float8, yellow_at timestamptz, due_at timestamptz,
    history jsonb
  )
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
  LEFT JOIN LATERAL owner_on_duty(cell.path, report.place, report.category) owner ON true
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
    steward_id, owner_unit_id, return_count, rework_count, fingerprint, moved_version, answers,
    stage, yellow_at, due_at
  )
  SELECT
    id, number_prefix || lpad(running, greatest(number_width, length(running)), '0') || number_suffix,
    'reported', 1, category, description, address, source,
    place, raw_lon, raw_lat, raw_crs, accuracy_metres, captured_at,
    coalesce(reported_at, $4::timestamptz), coalesce(reported_at, $4::timestamptz), $2::uuid,
    cell_id, cell_code, area_code, suggested_cell_code, suggested_metres,
    steward_id, owner_unit_id, 0, 0, fingerprint, 1, answers,
    CASE WHEN clock.due_at IS NOT NULL THEN 'accept' END, clock.yellow_at, clock.due_at
  FROM fresh
  CROSS JOIN clock
  ORDER BY id, n
  ON CONFLICT (id) DO NOTHING
  RETURNING *
),
timed AS (
  INSERT INTO stage_clock (
    incident_id, run, stage, pace, calendar_version, limit_seconds, yellow_share, started_at,
    yellow_at, due_at, watch_at, history
  )
  SELECT
    i.id, 1, 'accept', clock.pace, clock.calendar_version, clock.limit_seconds, clock.yellow_share, i.reported_at,
    clock.yellow_at, clock.due_at, clock.yellow_at, clock.history
  FROM written i
  CROSS JOIN clock
  WHERE clock.due_at IS NOT NULL
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
