-- New areas, one row each.
--   $1 json         array of rows (app/grids/writing.py)
--   $2 timestamptz  from when on they are valid
--   $3 uuid         the import that they come from
--   $4 text         their level
INSERT INTO area (
  id, code, name, level, parent_code, path, area, area_square_metres, repaired, valid_from,
  import_id
)
SELECT
  r.id, r.code, r.name, $4::text, r.parent_code, r.path,
  ST_GeomFromWKB(decode(r.area, 'hex'), 4490), r.square_metres, r.repaired, $2::timestamptz,
  $3::uuid
FROM json_to_recordset($1::json) AS r(
  id uuid, code text, name text, parent_code text, path text[], area text,
  square_metres float8, repaired boolean
)
