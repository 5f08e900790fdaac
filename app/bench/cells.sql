-- A made-up city of cells: a lattice whose corners and edges are bent by a hash of their position,
-- so that neighbours share every vertex and no cell is a square. About 10,000 m² each.
--   $1 int    how many
--   $2 int    cells in a row
--   $3 float8 west   $4 float8 south   $5 float8 degrees of a cell
WITH lattice AS (
  SELECT n % $2 AS x, n / $2 AS y FROM generate_series(0, $1 - 1) AS n
),
corner (k, dx, dy) AS (
  VALUES (0, 0, 0), (1, 1, 0), (2, 2, 0), (3, 2, 1), (4, 2, 2), (5, 1, 2), (6, 0, 2), (7, 0, 1),
    (8, 0, 0)
),
vertex AS (
  SELECT
    x, y, k,
    ST_MakePoint(
      $3::float8 + $5::float8 * (vx / 2.0 + bend * (hashint8(vx * 1000003 + vy) % 1000) / 1000.0),
      $4::float8 + $5::float8 * (vy / 2.0 + bend * (hashint8(vy * 1000033 - vx) % 1000) / 1000.0)
    ) AS p
  FROM lattice
  CROSS JOIN corner
  CROSS JOIN LATERAL (SELECT (2 * x + dx)::int8 AS vx, (2 * y + dy)::int8 AS vy) AS v
  CROSS JOIN LATERAL (SELECT CASE WHEN dx = 1 OR dy = 1 THEN 0.12 ELSE 0.18 END AS bend) AS b
),
drawn AS (
  SELECT
    x, y,
    '610526' || lpad((1 + x / 40 + (y / 20) * (1 + ($2 - 1) / 40))::text, 3, '0') AS subdistrict,
    lpad((1 + x % 40 / 10 + y % 20 / 5 * 4)::text, 3, '0') AS community,
    lpad((1 + x % 10 + y % 5 * 10)::text, 3, '0') AS own,
    ST_SetSRID(ST_Multi(ST_MakePolygon(ST_MakeLine(p ORDER BY k))), 4490) AS area
  FROM vertex
  GROUP BY x, y
)
INSERT INTO cell (
  id, code, name, parent_code, area_code, path, area, area_square_metres, centre, valid_from
)
SELECT
  gen_random_uuid(),
  subdistrict || community || own,
  '第' || own || '网格',
  subdistrict || community,
  subdistrict || community,
  ARRAY['610526', subdistrict, subdistrict || community, subdistrict || community || own],
  area,
  ST_Area(area::geography),
  ST_Centroid(area),
  '2020-01-01T00:00:00Z'
FROM drawn
ORDER BY y, x
