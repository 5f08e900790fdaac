-- The roll-ups of some days against a count of the cases and facts themselves, as they stand.
--   $1 date, $2 date  first and last day   $3 text  the city's time zone
-- Weeks and months are compared where all their days lie between these two.
-- Answers a row for each number that differs: what it is, what was kept, what was counted.
WITH held AS MATERIALIZED (
  SELECT
    i.id, i.status, i.category_code, i.source, i.unit_id::text AS unit_id, i.overdue_at,
    i.overdue_at IS NOT NULL AND NOT i.exempt AS counted_late,
    i.reported_at, CASE WHEN i.status = 'closed' THEN i.ended_at END AS closed_at,
    cell.area_code,
    CASE WHEN cell.path = ARRAY[cell.code] THEN ARRAY['', cell.code]
      ELSE array_append(array_remove(cell.path, cell.code), '') END AS areas
  FROM incident i
  LEFT JOIN cell ON cell.id = i.cell_id
),
steps AS MATERIALIZED (
  SELECT f.incident_id AS id, f.kind, (f.at AT TIME ZONE $3)::date AS day, had.unit_id
  FROM fact f
  LEFT JOIN LATERAL (
    SELECT g.changes ->> 'unit_id' AS unit_id FROM fact g
    WHERE g.incident_id = f.incident_id AND g.version <= f.version
      AND g.changes ->> 'unit_id' IS NOT NULL
    ORDER BY g.version DESC LIMIT 1
  ) had ON true
  WHERE f.at >= $1::date::timestamp AT TIME ZONE $3
    AND f.at < ($2::date + 1)::timestamp AT TIME ZONE $3
),
counted(kind, counter) AS (
  VALUES
    ('accept', 'accepted'), ('reject', 'rejected'), ('file', 'filed'), ('dispatch', 'dispatched'),
    ('feed_back', 'handled'), ('self_handle', 'self_handled'), ('return', 'returned'),
    ('rework', 'reworked'), ('check_fixed', 'checks_passed'), ('check_not_fixed', 'checks_failed'),
    ('void', 'voided'), ('merge', 'merged'), ('reopen', 'reopened')
),
standing AS (
  SELECT h.id, s.counter, (s.at AT TIME ZONE $3)::date AS day,
    CASE s.counter WHEN 'reported' THEN NULL WHEN 'overdue' THEN (
      SELECT g.changes ->> 'unit_id' FROM fact g
      WHERE g.incident_id = h.id AND g.at <= h.overdue_at AND g.changes ->> 'unit_id' IS NOT NULL
      ORDER BY g.version DESC LIMIT 1
    ) ELSE h.unit_id END AS unit_id
  FROM held h
  CROSS JOIN LATERAL (
    VALUES
      ('reported', h.reported_at), ('closed', h.closed_at), ('overdue', h.overdue_at),
      ('closed_late', CASE WHEN h.counted_late THEN h.closed_at END),
      ('first_time', CASE WHEN NOT EXISTS (
        SELECT FROM fact f WHERE f.incident_id = h.id
          AND f.kind IN ('return_feedback', 'check_not_fixed', 'rework', 'reopen')
      ) THEN h.closed_at END)
  ) AS s(counter, at)
  WHERE (s.at AT TIME ZONE $3)::date BETWEEN $1 AND $2
),
cases AS (
  SELECT id, counter, day FROM standing
  UNION ALL
  SELECT DISTINCT s.id, c.counter, s.day FROM steps s JOIN counted c USING (kind)
),
by_day AS (
  SELECT a.area_code, d.dimension, c.day, d.value, c.counter, count(*) AS n
  FROM cases c
  JOIN held h ON h.id = c.id
  CROSS JOIN LATERAL unnest(h.areas) AS a(area_code)
  CROSS JOIN LATERAL (
    VALUES ('all', ''), ('source', h.source), ('category', h.category_code), ('area', h.area_code)
  ) AS d(dimension, value)
  WHERE d.value IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5
  UNION ALL
  SELECT a.area_code, 'unit', u.day, u.unit_id, u.counter, count(*)
  FROM (
    SELECT id, counter, day, unit_id FROM standing
    UNION ALL
    SELECT DISTINCT s.id, c.counter, s.day, s.unit_id FROM steps s JOIN counted c USING (kind)
  ) u
  JOIN held h ON h.id = u.id
  CROSS JOIN LATERAL unnest(h.areas) AS a(area_code)
  WHERE u.unit_id IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5
),
raw AS (
  SELECT c.area_code, c.dimension, s.span, s.first AS day, c.value, c.counter, sum(c.n) AS n
  FROM by_day c
  CROSS JOIN LATERAL (
    VALUES
      ('day', c.day, c.day),
      ('week', date_trunc('week', c.day)::date, date_trunc('week', c.day)::date + 6),
      ('month', date_trunc('month', c.day)::date,
        (date_trunc('month', c.day) + interval '1 month')::date - 1)
  ) AS s(span, first, last)
  WHERE s.first >= $1 AND s.last <= $2
  GROUP BY 1, 2, 3, 4, 5, 6
),
kept AS (
  SELECT t.area_code, t.dimension, t.span, t.day, t.value, c.key AS counter, c.value::int AS n
  FROM tally t
  CROSS JOIN LATERAL jsonb_each_text(
    to_jsonb(t) - '{area_code,dimension,span,day,value}'::text[]
  ) AS c
  WHERE t.day >= $1 AND c.value <> '0' AND $2 >= CASE t.span
    WHEN 'day' THEN t.day WHEN 'week' THEN t.day + 6 ELSE (t.day + interval '1 month')::date - 1 END
),
hours AS (
  SELECT a.area_code, (c.at AT TIME ZONE $3)::date AS day,
    extract(hour FROM c.at AT TIME ZONE $3)::int AS hour, c.counter, count(*) AS n
  FROM held h
  CROSS JOIN LATERAL (VALUES ('reported', h.reported_at), ('closed', h.closed_at)) AS c(counter, at)
  CROSS JOIN LATERAL unnest(h.areas) AS a(area_code)
  WHERE (c.at AT TIME ZONE $3)::date BETWEEN $1 AND $2
  GROUP BY 1, 2, 3, 4
),
kept_hours AS (
  SELECT t.area_code, t.day, t.hour::int, c.counter, c.n
  FROM tally_hour t
  CROSS JOIN LATERAL (VALUES ('reported', t.reported), ('closed', t.closed)) AS c(counter, n)
  WHERE t.day BETWEEN $1 AND $2 AND c.n <> 0
)
SELECT span, day, area_code, dimension, value, counter,
  coalesce(kept.n, 0)::int AS kept, coalesce(raw.n, 0)::int AS counted
FROM raw
FULL JOIN kept USING (area_code, dimension, span, day, value, counter)
WHERE raw.n IS DISTINCT FROM kept.n
UNION ALL
SELECT 'hour', day, area_code, 'all', hour::text, counter,
  coalesce(kept_hours.n, 0)::int, coalesce(hours.n, 0)::int
FROM hours
FULL JOIN kept_hours USING (area_code, day, hour, counter)
WHERE hours.n IS DISTINCT FROM kept_hours.n
ORDER BY 2, 1, 3, 4, 5, 6
