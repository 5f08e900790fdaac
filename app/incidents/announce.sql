-- The facts behind a place in the log whose transactions have all ended, with what is told of them.
--   $1 text, $2 bigint  the place   $3 int  at most
WITH fresh AS MATERIALIZED (
  SELECT f.*
  FROM fact f
  WHERE (f.xid, f.id) > ($1::text::xid8, $2) AND f.xid < pg_snapshot_xmin(pg_current_snapshot())
  ORDER BY f.xid, f.id
  LIMIT $3
)
SELECT
  f.xid::text AS xid, f.id, f.kind, f.incident_id, f.actor_id, f.at, f.data::text AS data,
  i.number, i.description, i.address, i.unit_id, i.reporter_id, i.handler_id, i.claimed_by, i.barred_id, i.pending,
  category.name AS category_name,
  coalesce(cell.path, ARRAY[]::text[]) AS path,
  CASE WHEN f.kind IN ('refuse', 'extend', 'suspend', 'exempt', 'void') THEN (
    SELECT a.requested_by FROM application a WHERE a.incident_id = i.id AND a.decided_at <= f.at
    ORDER BY a.decided_at DESC LIMIT 1
  ) END AS requested_by,
  CASE WHEN f.kind IN ('close', 'reject', 'void', 'merge') THEN ARRAY(
    WITH RECURSIVE merged AS (
      SELECT i.id, i.reporter_id
      UNION
      SELECT m.id, m.reporter_id FROM incident m JOIN merged ON m.merged_into = merged.id
      WHERE m.merged_into IS NOT NULL
    )
    SELECT DISTINCT reporter_id FROM merged
  ) END AS reporters
FROM fresh f
JOIN incident i ON i.id = f.incident_id
LEFT JOIN category ON category.code = i.category_code
LEFT JOIN cell ON cell.id = i.cell_id
ORDER BY f.xid, f.id
