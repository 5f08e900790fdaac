-- New cells, one row each.
--   $1 json         array of rows (app/grids/writing.py)
--   $2 timestamptz  from when on they are valid
--   $3 uuid         the import that they come from
INSERT INTO cell (
  id, code, name, parent_code, area_code, path, area, area_square_metres, centre, repaired,
  valid_from, import_id
)
SELECT
  r.id, r.code, r.name, r.parent_code, coalesce(r.parent_code, r.code), r.path,
  ST_GeomFromWKB(decode(r.area, 'hex'), 4490), r.square_metres,
  ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4490), r.repaired, $2::timestamptz, $3::uuid
FROM json_to_recordset($1::json) AS r(
  id uuid, code text, name text, parent_code text, path text[], area text,
  square_metres float8, lon float8, lat float8, repaired boolean
)
