-- Clocks that have passed yellow or their deadline since somebody looked: one fact each, at the very
-- moment, however late the watcher comes, but never before the case's last fact (a new calendar may
-- put a deadline there). A case that is being worked just now is left to its move,
-- which catches up by itself (clocks.py), or to the next pass.
--   $1 timestamptz  now   $2 int  at most   $3 uuid  the system's account
--   $4 float8       hours from the deadline to the ladder's first step, null without a ladder
WITH due AS MATERIALIZED (
  SELECT
    c.incident_id, c.run, c.stage, c.step, c.yellow_at, c.due_at, i.status, i.version,
    i.updated_at, c.due_at < $1 AS late
  FROM stage_clock c
  JOIN incident i ON i.id = c.incident_id
  WHERE c.watch_at < $1 AND c.step < 2
  ORDER BY c.watch_at
  LIMIT $2
  FOR UPDATE OF c, i SKIP LOCKED
),
passed AS (
  SELECT
    due.*, s.kind, row_number() OVER (PARTITION BY incident_id ORDER BY s.n) AS nth,
    greatest(s.at, due.updated_at) AS at -- a new calendar can move it behind other facts
  FROM due
  CROSS JOIN LATERAL (
    VALUES (0, 'warn', due.yellow_at), (1, 'overdue', due.due_at)
  ) AS s(n, kind, at)
  WHERE s.n >= due.step AND s.at < $1
),
turned AS (
  UPDATE stage_clock c
  SET
    step = CASE WHEN due.late THEN 2 ELSE 1 END,
    overdue_at = CASE WHEN due.late THEN due.due_at END,
    watch_at = CASE
      WHEN due.late THEN due.due_at + make_interval(secs => $4::float8 * 3600) ELSE due.due_at END
  FROM due
  WHERE c.incident_id = due.incident_id AND c.run = due.run
),
shown AS (
  UPDATE incident i
  SET
    version = last.version + last.nth,
    updated_at = last.at,
    overdue_at = CASE
      WHEN last.late AND last.stage = 'handle' THEN least(i.overdue_at, last.due_at)
      ELSE i.overdue_at END,
    exempt = i.exempt AND NOT (last.late AND last.stage = 'handle')
  FROM (
    SELECT DISTINCT ON (incident_id) * FROM passed ORDER BY incident_id, nth DESC
  ) last
  WHERE i.id = last.incident_id
  RETURNING i.id, i.overdue_at, i.exempt
),
told AS (
  INSERT INTO fact (incident_id, version, kind, status, actor_id, at, data, changes)
  SELECT
    p.incident_id, p.version + p.nth, p.kind, p.status, $3::uuid, p.at,
    json_build_object('stage', p.stage, 'run', p.run, 'due_at', p.due_at),
    CASE WHEN p.kind = 'overdue' AND p.stage = 'handle'
      THEN json_build_object('overdue_at', shown.overdue_at, 'exempt', shown.exempt) ELSE '{}'::json END
  FROM passed p
  JOIN shown ON shown.id = p.incident_id
  ORDER BY p.incident_id, p.nth
  RETURNING kind
)
SELECT
  (SELECT count(*) FROM due) AS looked,
  count(*) FILTER (WHERE kind = 'warn') AS warned,
  count(*) FILTER (WHERE kind = 'overdue') AS overdue
FROM told
