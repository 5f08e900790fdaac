-- Which units had the newest closed cases of a class in an area, without those they returned.
--   $1 text  class   $2 text  area, null for the whole city   $3 uuid  the case that asks
WITH past AS (
  SELECT i.unit_id
  FROM incident i
  WHERE i.category_code = $1 AND i.id <> $3
    AND ($2::text IS NULL OR i.area_code = $2)
    AND i.status = 'closed' AND i.unit_id IS NOT NULL
  ORDER BY i.reported_at DESC, i.id DESC
  LIMIT 100
)
SELECT u.id AS unit_id, u.name, count(*)::int AS cases, count(*)::float8 / sum(count(*)) OVER () AS share
FROM past
JOIN unit u ON u.id = past.unit_id AND u.active
GROUP BY u.id
ORDER BY cases DESC, u.id
LIMIT 5
