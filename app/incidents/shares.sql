-- What became of each unit's dispatches since a moment.
--   $1 timestamptz
WITH sent AS (
  SELECT chosen_unit_id AS unit_id, count(*)::int AS dispatches,
    (count(*) FILTER (WHERE returned))::int AS returned
  FROM dispatch_choice
  WHERE at >= $1 AND chosen_unit_id IS NOT NULL
  GROUP BY 1
),
granted AS (
  SELECT unit_id,
    (count(*) FILTER (WHERE kind = 'extension'))::int AS extended,
    (count(*) FILTER (WHERE kind = 'suspension'))::int AS suspended,
    (count(*) FILTER (WHERE kind = 'void'))::int AS voided
  FROM application
  WHERE decided_at >= $1 AND outcome = 'approved' AND unit_id IS NOT NULL
  GROUP BY 1
)
SELECT u.id AS unit_id, u.name, sent.dispatches, sent.returned,
  coalesce(granted.extended, 0) AS extended, coalesce(granted.suspended, 0) AS suspended,
  coalesce(granted.voided, 0) AS voided
FROM sent
JOIN unit u ON u.id = sent.unit_id
LEFT JOIN granted ON granted.unit_id = sent.unit_id
ORDER BY sent.dispatches DESC, u.code
