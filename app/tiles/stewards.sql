-- Stewards on duty now, at the posts that lie on the map.
--   $1 float west   $2 float south   $3 float east   $4 float north; null: everywhere
WITH post_now AS (
  SELECT
    p.place_code, p.valid_from, p.id,
    CASE WHEN now() >= p.deputy_from AND now() < p.deputy_to THEN p.deputy_id ELSE p.account_id END
      AS account_id
  FROM post p
  WHERE p.duty = 'steward' AND p.valid_from <= now() AND (p.valid_to IS NULL OR p.valid_to > now())
),
place AS (
  SELECT c.code, c.name, c.centre, 1 AS cells FROM cell c WHERE c.valid_to IS NULL
  UNION ALL
  SELECT a.code, a.name, ST_PointOnSurface(a.area), below.cells
  FROM area a
  CROSS JOIN LATERAL (
    SELECT count(*) AS cells FROM cell c WHERE c.valid_to IS NULL AND c.path @> ARRAY[a.code]
  ) below
  WHERE a.valid_to IS NULL
)
SELECT coalesce(json_agg(json_build_object(
  'account_id', who.id,
  'name', who.name,
  'role', 'steward',
  'place_code', place.code,
  'place_name', place.name,
  'lon', ST_X(place.centre),
  'lat', ST_Y(place.centre),
  'cells', place.cells
) ORDER BY place.code COLLATE "C", post_now.valid_from, post_now.id), '[]')::text AS items
FROM post_now
JOIN account who ON who.id = post_now.account_id AND who.active
JOIN place ON place.code = post_now.place_code
WHERE $1::float8 IS NULL
  OR place.centre && ST_MakeEnvelope($1::float8, $2::float8, $3::float8, $4::float8, 4490)
