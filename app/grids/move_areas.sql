-- Areas below areas that have come under another area: a new version with the new path.
--   $1 json         array of {code, path}: the areas as they stand now
--   $2 timestamptz  when
--   $3 uuid         the import that moved the areas
WITH above AS (
  SELECT code, path FROM json_to_recordset($1::json) AS r(code text, path text[])
),
closed AS (
  UPDATE area
  SET valid_to = $2::timestamptz
  FROM above
  WHERE area.valid_to IS NULL
    AND area.code <> above.code
    AND area.path @> ARRAY[above.code]
    AND area.path[:array_position(area.path, above.code)] <> above.path
  RETURNING area.*,
    above.path || area.path[array_position(area.path, above.code) + 1:] AS new_path
)
INSERT INTO area (
  id, code, name, level, parent_code, path, area, area_square_metres, repaired, valid_from,
  import_id
)
SELECT
  gen_random_uuid(), code, name, level, parent_code, new_path, area, area_square_metres, repaired,
  $2::timestamptz, $3::uuid
FROM closed
RETURNING code
