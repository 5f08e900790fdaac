-- Areas above the cells, a steward for each cell, a responsible unit for each big class, and those
-- who ask. bench_cell and bench_class are numbered lists to draw from; they go after the load.
INSERT INTO area (id, code, name, level, parent_code, path, area, area_square_metres, valid_from)
SELECT
  gen_random_uuid(), path[k], '区域' || path[k],
  (ARRAY['district', 'subdistrict', 'community'])[k], path[k - 1], path[1:k],
  ST_Multi(ST_Envelope(ST_Collect(area))), sum(area_square_metres), timestamptz '2020-01-01T00:00:00Z'
FROM cell
CROSS JOIN generate_series(1, 3) AS k
GROUP BY k, path[k], path[k - 1], path[1:k];

INSERT INTO unit (id, code, name)
SELECT gen_random_uuid(), left(code, 3), min(big_name) || '管理处' FROM category GROUP BY 2;

INSERT INTO account (id, username, name, roles)
VALUES
  (gen_random_uuid(), 'bench-city', '全市受理员', ARRAY['acceptor']),
  (gen_random_uuid(), 'bench-few', '三格网格员', ARRAY['steward']),
  (gen_random_uuid(), 'bench-hotline', '热线', ARRAY['integration']);

CREATE UNLOGGED TABLE bench_cell AS
SELECT
  (row_number() OVER (ORDER BY md5(code)))::int AS n, id, code, name, area_code,
  ST_X(centre) AS lon, ST_Y(centre) AS lat,
  CASE WHEN row_number() OVER (ORDER BY code) <= 3 THEN 'bench-few' ELSE
    'bench-' || area_code || CASE WHEN right(code, 3) > '025' THEN 'b' ELSE 'a' END
  END AS steward, NULL::uuid AS steward_id
FROM cell;

INSERT INTO account (id, username, name, roles)
SELECT gen_random_uuid(), steward, '网格员' || right(steward, 4), ARRAY['steward']
FROM (SELECT DISTINCT steward FROM bench_cell WHERE steward <> 'bench-few') AS s;

UPDATE bench_cell SET steward_id = account.id FROM account WHERE username = steward;

CREATE UNLOGGED TABLE bench_class AS
SELECT
  (row_number() OVER (ORDER BY md5(category.code)))::int AS n, category.code, category.name,
  category.kind, unit.id AS unit_id, unit.name AS unit_name
FROM category
JOIN unit ON unit.code = left(category.code, 3)
WHERE category.active;

INSERT INTO post (id, account_id, duty, place_code, valid_from)
SELECT gen_random_uuid(), steward_id, 'steward', code, timestamptz '2020-01-01T00:00:00Z' FROM bench_cell
UNION ALL
SELECT gen_random_uuid(), id, 'acceptor', '', timestamptz '2020-01-01T00:00:00Z'
FROM account WHERE username = 'bench-city';

INSERT INTO post (id, unit_id, duty, category_code, valid_from)
SELECT gen_random_uuid(), id, 'owner', code, timestamptz '2020-01-01T00:00:00Z' FROM unit;

ANALYZE bench_cell, bench_class;
