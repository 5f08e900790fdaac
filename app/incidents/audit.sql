-- What no fold of facts can see of some cases: a case in another cell than its code says, a merged
-- one whose reporter the main case does not know, and what hangs on a case and has come loose.
--   $1 uuid[]  the cases
-- Answers a row for each: the case's number, what differs, how it stands, how it should.
WITH seen AS MATERIALIZED (
  SELECT * FROM incident WHERE id = ANY ($1::uuid[])
)
SELECT i.number, 'cell_id' AS name, cell.code AS stands, i.cell_code AS told
FROM seen i
JOIN cell ON cell.id = i.cell_id
WHERE cell.code IS DISTINCT FROM i.cell_code
UNION ALL
SELECT i.number, 'merged_into', main.number, 'a case that reporter ' || i.reporter_id || ' sees'
FROM seen i
LEFT JOIN incident main ON main.id = i.merged_into
WHERE i.merged_into IS NOT NULL
  AND i.reporter_id <> ALL (coalesce(main.parties || main.reporter_id, '{}'))
UNION ALL
SELECT i.number, 'due_at', i.due_at::text, coalesce(c.due_at::text, 'no clock that runs')
FROM seen i
LEFT JOIN stage_clock c
  ON c.incident_id = i.id AND c.stopped_at IS NULL AND c.due_at IS NOT NULL
WHERE i.due_at IS DISTINCT FROM c.due_at
UNION ALL
SELECT i.number, 'overdue_at', i.overdue_at::text, coalesce(c.overdue_at::text, 'no late clock')
FROM seen i
CROSS JOIN LATERAL (
  SELECT min(overdue_at) AS overdue_at FROM stage_clock
  WHERE incident_id = i.id AND stage = 'handle'
) c
WHERE i.overdue_at IS DISTINCT FROM c.overdue_at
UNION ALL
SELECT i.number, 'pending', i.pending, coalesce(a.kind, 'no open request')
FROM seen i
LEFT JOIN application a ON a.incident_id = i.id AND a.decided_at IS NULL
WHERE i.pending IS DISTINCT FROM a.kind
UNION ALL
SELECT i.number, 'status', i.status, 'an open task to ' || t.kind
FROM seen i
JOIN task t ON t.incident_id = i.id AND t.ended_at IS NULL
WHERE i.status <> CASE t.kind WHEN 'verify' THEN 'verifying' ELSE 'checking' END
ORDER BY 1, 2
