-- Which cell holds a place, its areas, who is on duty there; outside: what is near.
--   $1 float, $2 float  longitude and latitude; $3 float, $4 float  the pair turned round
--   $5 text   class, '' for all
--   $6 float  metres within which the nearest cell is named
WITH place AS (
  SELECT
    ST_SetSRID(ST_MakePoint($1::float8, $2::float8), 4490) AS told,
    ST_SetSRID(ST_MakePoint($3::float8, $4::float8), 4490) AS turned
)
SELECT
  cell.code IS NOT NULL AS inside,
  swapped.code AS swapped,
  jsonb_build_object(
    'cell', CASE WHEN cell.code IS NOT NULL THEN jsonb_build_object(
      'code', cell.code, 'name', cell.name, 'area_code', cell.area_code) END,
    'areas', coalesce(areas.list, '[]'),
    'steward', CASE WHEN steward.id IS NOT NULL THEN jsonb_build_object(
      'id', steward.id, 'name', steward.name) END,
    'owner', CASE WHEN owner.id IS NOT NULL THEN jsonb_build_object(
      'id', owner.id, 'name', owner.name) END,
    'units', coalesce(units.list, '[]'),
    'nearest', CASE WHEN near.code IS NOT NULL THEN jsonb_build_object(
      'cell', near.code, 'metres', round(near.metres::numeric, 1)) END,
    'swapped', swapped.code
  )::text AS body
FROM place
LEFT JOIN LATERAL cell_at(place.told) cell ON true
LEFT JOIN LATERAL cell_at(CASE WHEN cell.id IS NULL THEN place.turned END) swapped ON true
LEFT JOIN LATERAL nearest_cell(
  place.told, CASE WHEN cell.id IS NULL AND abs($2::float8) <= 90 THEN $6::float8 END
) near ON true
LEFT JOIN LATERAL steward_on_duty(cell.path, $5::text) steward ON true
LEFT JOIN LATERAL owner_on_duty(cell.path, place.told, $5::text) owner ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(
    jsonb_build_object('code', a.code, 'name', a.name, 'level', a.level)
    ORDER BY array_position(cell.path, a.code)
  ) AS list
  FROM area a
  WHERE a.valid_to IS NULL AND a.code = ANY (cell.path)
) areas ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(
    jsonb_build_object('id', u.id, 'name', u.name, 'categories', u.categories)
    ORDER BY u.code COLLATE "C"
  ) AS list
  FROM (
    SELECT unit.id, unit.code, unit.name, array_agg(DISTINCT p.category_code) AS categories
    FROM post p
    JOIN unit ON unit.id = p.unit_id AND unit.active
    WHERE p.duty = 'owner'
      AND (p.place_code = ANY (array_prepend('', cell.path)) OR ST_Covers(p.area, place.told))
      AND cell.path IS NOT NULL
      AND p.valid_from <= now() AND (p.valid_to IS NULL OR p.valid_to > now())
    GROUP BY unit.id
  ) u
) units ON true
