-- A tile of the areas of one level: their shapes, and a point to write each name at.
--   $1 int  zoom   $2 int  column   $3 int  row
--   $4 text level
-- Shapes reach a little beyond the tile, so that a border drawn as a line does not show its edge.
WITH tile AS (SELECT ST_TileEnvelope($1, $2, $3) AS box),
found AS (
  SELECT a.code, a.name, a.level, coalesce(a.parent_code, '') AS parent, a.shape
  FROM area a, tile
  WHERE a.valid_to IS NULL AND a.level = $4
    AND a.shape && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096)
),
drawn AS (
  SELECT code, name, level, parent, ST_AsMVTGeom(found.shape, tile.box, 4096, 64) AS shape
  FROM found, tile
),
labelled AS (
  SELECT
    code, name, level, parent,
    ST_AsMVTGeom(ST_PointOnSurface(found.shape), tile.box, 4096, 0) AS shape
  FROM found, tile
)
SELECT
  (SELECT version::text FROM grid_version) AS version,
  (SELECT ST_AsMVT(drawn, 'areas', 4096, 'shape') FROM drawn WHERE shape IS NOT NULL)
  || (SELECT ST_AsMVT(labelled, 'labels', 4096, 'shape') FROM labelled WHERE shape IS NOT NULL)
  AS body
