-- The numbers of the large screen, from the roll-ups: rows of several panels.
--   $1 text[]  areas, '' for the whole city; one that lies in another of them counts there
--   $2 date    today   $3 text  the span that is looked at: day, week, month
--   $4 date    its first day   $5 date  the first day of the span before
-- The panels: `day` for each of 30 days, `hour` of today; of the span the sources, the ten classes
-- and the ten smallest areas with the most reports, the units, and the units of the span before.
WITH held AS MATERIALIZED (
  SELECT wanted.code FROM unnest($1::text[]) AS wanted(code)
  WHERE NOT EXISTS (
    SELECT FROM area a
    WHERE a.code = wanted.code AND a.valid_to IS NULL
      AND a.path && array_remove($1::text[], wanted.code)
  )
),
of_unit AS (
  SELECT
    t.value, t.day = $4::date AS now, sum(t.dispatched)::int AS dispatched,
    sum(t.handled)::int AS handled, sum(t.closed)::int AS closed,
    sum(t.closed_late)::int AS closed_late, sum(t.overdue)::int AS overdue
  FROM held
  JOIN tally t ON t.area_code = held.code AND t.dimension = 'unit'
    AND t.span = $3 AND t.day IN ($4::date, $5::date)
  GROUP BY 1, 2
)
SELECT
  'day' AS panel, t.day::text AS key, NULL AS name,
  sum(t.reported)::int AS reported, sum(t.accepted)::int AS accepted,
  sum(t.rejected)::int AS rejected, sum(t.filed)::int AS filed,
  sum(t.dispatched)::int AS dispatched, sum(t.handled)::int AS handled,
  sum(t.closed)::int AS closed, sum(t.closed_late)::int AS closed_late,
  sum(t.first_time)::int AS first_time, sum(t.voided)::int AS voided,
  sum(t.overdue)::int AS overdue
FROM held
JOIN tally t ON t.area_code = held.code AND t.dimension = 'all'
  AND t.span = 'day' AND t.day > $2::date - 30 AND t.day <= $2::date
GROUP BY t.day
UNION ALL
SELECT 'hour', t.hour::text, NULL, sum(t.reported)::int, 0, 0, 0, 0, 0, sum(t.closed)::int,
  0, 0, 0, 0
FROM held
JOIN tally_hour t ON t.area_code = held.code AND t.day = $2::date
GROUP BY t.hour
UNION ALL
SELECT 'source', t.value, NULL, sum(t.reported)::int, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM held
JOIN tally t ON t.area_code = held.code AND t.dimension = 'source'
  AND t.span = $3 AND t.day = $4::date
GROUP BY t.value
UNION ALL
SELECT 'class', top.value, category.name, top.reported, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM (
  SELECT t.value, sum(t.reported)::int AS reported
  FROM held
  JOIN tally t ON t.area_code = held.code AND t.dimension = 'category'
    AND t.span = $3 AND t.day = $4::date
  GROUP BY 1
  ORDER BY 2 DESC, 1
  LIMIT 10
) top
LEFT JOIN category ON category.code = top.value
UNION ALL
SELECT 'area', top.value, named.name, top.reported, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM (
  SELECT t.value, sum(t.reported)::int AS reported
  FROM held
  JOIN tally t ON t.area_code = held.code AND t.dimension = 'area'
    AND t.span = $3 AND t.day = $4::date
  GROUP BY 1
  ORDER BY 2 DESC, 1
  LIMIT 10
) top
LEFT JOIN area named ON named.code = top.value AND named.valid_to IS NULL
UNION ALL
SELECT CASE WHEN d.now THEN 'unit' ELSE 'unit_before' END, d.value, unit.name,
  0, 0, 0, 0, d.dispatched, d.handled, d.closed, d.closed_late, 0, 0, d.overdue
FROM of_unit d
JOIN unit ON unit.id = d.value::uuid
