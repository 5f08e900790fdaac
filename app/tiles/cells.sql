-- A tile of cells, each with whoever is its steward for all classes.
--   $1 int  zoom   $2 int  column   $3 int  row
-- The steward is the one of the narrowest place that has one, as steward_on_duty finds it.
WITH tile AS (SELECT ST_TileEnvelope($1, $2, $3) AS box),
found AS MATERIALIZED (
  SELECT c.id, c.code, c.name, c.area_code, array_prepend('', c.path) AS path, c.shape
  FROM cell c
  WHERE c.valid_to IS NULL AND c.shape && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096)
),
manned AS (
  SELECT DISTINCT ON (found.id) found.id, s.name
  FROM found
  CROSS JOIN unnest(found.path) WITH ORDINALITY AS place(code, depth)
  JOIN steward_of_place s ON s.place_code = place.code
  ORDER BY found.id, place.depth DESC
),
drawn AS (
  SELECT
    found.code, found.name, found.area_code, coalesce(manned.name, '') AS steward,
    manned.id IS NOT NULL AS manned, ST_AsMVTGeom(found.shape, tile.box, 4096, 64) AS shape
  FROM found
  CROSS JOIN tile
  LEFT JOIN manned USING (id)
)
SELECT
  (SELECT version FROM cells_version) AS version,
  (SELECT ST_AsMVT(drawn, 'cells', 4096, 'shape') FROM drawn WHERE shape IS NOT NULL) AS body
