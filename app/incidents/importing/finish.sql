-- Cases that were written just now move on to where their history left them: one fact each.
-- A case in work is with the unit that is responsible by data; where none is, it waits for its
-- dispatch, so that nobody's case is with nobody.
--   $1 json  array of {id, status, at, ended_at, in_work, data}
--   $2 uuid  who imports
-- Answers the number of cases that wait for their dispatch for that reason.
WITH given AS MATERIALIZED (
  SELECT *
  FROM json_to_recordset($1::json) AS r(
    id uuid, status text, at timestamptz, ended_at timestamptz, in_work boolean, data json
  )
),
moved AS (
  UPDATE incident i SET
    status = CASE WHEN given.in_work AND i.owner_unit_id IS NULL THEN 'filed' ELSE given.status END,
    unit_id = CASE WHEN given.in_work THEN i.owner_unit_id END,
    version = 2,
    moved_version = 2,
    updated_at = given.at,
    ended_at = given.ended_at
  FROM given
  WHERE i.id = given.id AND i.version = 1
  RETURNING
    i.id, i.status,
    json_build_object('status', i.status, 'unit_id', i.unit_id, 'ended_at', i.ended_at) AS changes
),
told AS (
  INSERT INTO fact (incident_id, version, kind, status, actor_id, at, data, changes)
  SELECT moved.id, 2, 'import', moved.status, $2::uuid, given.at, given.data, moved.changes
  FROM moved
  JOIN given ON given.id = moved.id
)
SELECT count(*) AS unowned
FROM moved
JOIN given ON given.id = moved.id AND given.status <> moved.status
