-- Open cases into the cells as they are now, one fact each; a re-drawn cell of the same code is no
-- move.
--   $1 uuid[]  cases to look at
--   $2 uuid    who does it
-- A case whose cell never held its place was put there by a person: it follows its cell's code as
-- long as that is current. A case that no cell holds now keeps the cell that it has.
WITH open AS MATERIALIZED (
  SELECT i.id, i.place, i.cell_id, i.cell_code, i.category_code
  FROM incident i
  WHERE i.id = ANY ($1::uuid[]) AND i.ended_at IS NULL
  ORDER BY i.id
  FOR UPDATE
),
target AS (
  SELECT
    open.id, open.cell_code AS cell_before,
    cell.id AS cell_id, cell.code AS cell_code, cell.name AS cell_name, cell.area_code,
    steward.id AS steward_id, steward.name AS steward_name,
    owner.id AS owner_unit_id, owner.name AS owner_unit_name
  FROM open
  LEFT JOIN cell held ON held.id = open.cell_id
  LEFT JOIN cell chosen ON chosen.code = held.code AND chosen.valid_to IS NULL
    AND NOT ST_Covers(held.area, open.place)
  LEFT JOIN LATERAL cell_at(CASE WHEN chosen.id IS NULL THEN open.place END) here ON true
  JOIN cell ON cell.id = coalesce(chosen.id, here.id)
  LEFT JOIN LATERAL steward_on_duty(cell.path, open.category_code) steward ON true
  LEFT JOIN LATERAL owner_on_duty(cell.path, open.place, open.category_code) owner ON true
  WHERE cell.code IS DISTINCT FROM open.cell_code
),
moved AS (
  UPDATE incident i
  SET
    cell_id = target.cell_id, cell_code = target.cell_code, area_code = target.area_code,
    steward_id = target.steward_id, owner_unit_id = target.owner_unit_id,
    suggested_cell_code = NULL, suggested_metres = NULL,
    version = i.version + 1, moved_version = i.version + 1, updated_at = greatest(i.updated_at, now())
  FROM target
  WHERE i.id = target.id
  RETURNING
    i.id, i.version, i.status, i.updated_at, i.cell_code, target.cell_before,
    json_build_object(
      'cell_id', i.cell_id, 'cell_code', i.cell_code, 'area_code', i.area_code,
      'steward_id', i.steward_id, 'owner_unit_id', i.owner_unit_id,
      'suggested_cell_code', NULL, 'suggested_metres', NULL
    ) AS changes
),
told AS (
  INSERT INTO fact (incident_id, version, kind, status, actor_id, at, data, changes)
  SELECT
    id, version, 'reassign', status, $2::uuid, updated_at,
    json_build_object('cell', cell_code, 'cell_before', cell_before), changes
  FROM moved
  RETURNING 1
)
SELECT count(*) AS moved FROM told
