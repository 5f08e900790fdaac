-- Cells below areas that have come under another area: a new version with the new path.
--   $1 json         array of {code, path}: the areas as they stand now
--   $2 timestamptz  when
--   $3 uuid         the import that moved the areas
WITH above AS (
  SELECT code, path FROM json_to_recordset($1::json) AS r(code text, path text[])
),
closed AS (
  UPDATE cell
  SET valid_to = $2::timestamptz
  FROM above
  WHERE cell.valid_to IS NULL
    AND cell.path @> ARRAY[above.code]
    AND cell.path[:array_position(cell.path, above.code)] <> above.path
  RETURNING cell.*,
    above.path || cell.path[array_position(cell.path, above.code) + 1:] AS new_path
)
INSERT INTO cell (
  id, code, name, parent_code, area_code, path, area, area_square_metres, centre, repaired,
  valid_from, import_id
)
SELECT
  gen_random_uuid(), code, name, parent_code, area_code, new_path, area, area_square_metres,
  centre, repaired, $2::timestamptz, $3::uuid
FROM closed
RETURNING code
