-- The next facts behind a place in the log, counted into the roll-ups.
--   $1 text, $2 bigint  the place   $3 int  at most   $4 text  the city's time zone
-- Answers the new place and how many facts lie between; no row when nothing is new.
-- What a case gives is a function of its facts up to its last version that has been read: what it
-- gave before this batch is taken out, what it gives now is put in, and what is the same is left.
-- Facts of one case may be read out of order (a writer that waited for a lock has the lower
-- transaction number), but whoever sees a version sees all versions below it.
WITH fresh AS MATERIALIZED (
  SELECT f.xid, f.id, f.incident_id
  FROM fact f
  WHERE (f.xid, f.id) > ($1::text::xid8, $2) AND f.xid < pg_snapshot_xmin(pg_current_snapshot())
  ORDER BY f.xid, f.id
  LIMIT $3
),
place AS MATERIALIZED (
  SELECT xid, id FROM fresh ORDER BY xid DESC, id DESC LIMIT 1
),
read AS (
  SELECT
    f.incident_id, f.version, f.kind, f.status, f.at, f.at AT TIME ZONE $4 AS local,
    CASE WHEN f.kind = 'report' THEN f.data #>> '{cell,code}' ELSE f.changes ->> 'cell_code' END
      AS cell_code,
    CASE WHEN f.kind = 'report' THEN f.data #>> '{category,code}'
      ELSE f.changes ->> 'category_code' END AS category,
    f.changes -> 'unit_id' AS unit_told, f.changes ->> 'unit_id' AS unit,
    f.changes ->> 'ended_at' AS ended_at,
    f.changes -> 'overdue_at' AS overdue_at,
    f.changes ->> 'exempt' AS exempt,
    max(f.version) FILTER (WHERE (f.xid, f.id) <= ($1::text::xid8, $2)) OVER of_case AS before,
    max(f.version) FILTER (WHERE (f.xid, f.id) <= (place.xid, place.id)) OVER of_case AS after
  FROM (SELECT DISTINCT incident_id FROM fresh) touched
  CROSS JOIN place
  JOIN fact f ON f.incident_id = touched.incident_id
  WINDOW of_case AS (PARTITION BY f.incident_id)
),
held AS ( -- the unit that has the case at a step, or had it last: each naming begins a stretch
  SELECT *, count(unit) OVER (PARTITION BY incident_id ORDER BY version) AS stretch
  FROM read
  WHERE version <= after
),
told AS MATERIALIZED (
  SELECT
    *,
    first_value(unit) OVER (PARTITION BY incident_id, stretch ORDER BY version) AS unit_id
  FROM held
),
stands AS MATERIALIZED ( -- each case twice: as it was read before, and as it is read now
  SELECT
    side.sign, t.incident_id, side.upto,
    (array_agg(t.status ORDER BY t.version DESC))[1] AS status,
    (array_agg(t.unit_told ORDER BY t.version DESC) FILTER (WHERE t.unit_told IS NOT NULL))[1]
      #>> '{}' AS unit_id,
    (array_agg(t.cell_code ORDER BY t.version DESC) FILTER (WHERE t.cell_code IS NOT NULL))[1]
      AS cell_code,
    max(t.at) FILTER (WHERE t.cell_code IS NOT NULL) AS placed_at,
    (array_agg(t.category ORDER BY t.version DESC) FILTER (WHERE t.category IS NOT NULL))[1]
      AS category,
    max(t.ended_at::timestamptz) AS ended_at,
    (array_agg(t.overdue_at ORDER BY t.version DESC) FILTER (WHERE t.overdue_at IS NOT NULL))[1]
      #>> '{}' AS overdue_at,
    (array_agg(t.exempt ORDER BY t.version DESC) FILTER (WHERE t.exempt IS NOT NULL))[1]::boolean
      AS exempt,
    bool_or(t.kind IN ('return_feedback', 'check_not_fixed', 'rework', 'reopen')) AS sent_back
  FROM told t
  CROSS JOIN LATERAL (VALUES (-1, t.before), (1, t.after)) AS side(sign, upto)
  WHERE t.version <= side.upto
  GROUP BY side.sign, t.incident_id, side.upto
),
late AS ( -- which unit had the case when its handling clock ran out
  SELECT
    s.sign, s.incident_id, s.overdue_at::timestamptz AS overdue_at,
    (array_agg(t.unit_id ORDER BY t.version DESC))[1] AS unit_id
  FROM stands s
  JOIN told t ON t.incident_id = s.incident_id
  WHERE s.overdue_at IS NOT NULL AND t.version <= s.upto AND t.at <= s.overdue_at::timestamptz
  GROUP BY s.sign, s.incident_id, s.overdue_at
),
placed AS MATERIALIZED (
  SELECT
    s.*, i.source, late.overdue_at AS late_at, late.unit_id AS late_unit_id,
    cell.area_code,
    CASE
      WHEN cell.path IS NULL THEN ARRAY['']
      WHEN cardinality(cell.path) = 1 THEN array_prepend('', cell.path)
      ELSE array_prepend('', trim_array(cell.path, 1))
    END AS areas,
    CASE WHEN s.status = 'closed' THEN s.ended_at END AS closed_at
  FROM stands s
  JOIN incident i ON i.id = s.incident_id
  LEFT JOIN late ON late.sign = s.sign AND late.incident_id = s.incident_id
  LEFT JOIN LATERAL (
    SELECT c.path, c.area_code FROM cell c
    WHERE c.code = s.cell_code AND (c.valid_to IS NULL OR c.valid_to > s.placed_at)
    ORDER BY c.valid_from
    LIMIT 1
  ) cell ON true
),
counted(kind, counter) AS (
  VALUES
    ('report', 'reported'), ('accept', 'accepted'), ('reject', 'rejected'), ('file', 'filed'),
    ('dispatch', 'dispatched'), ('feed_back', 'handled'), ('self_handle', 'self_handled'),
    ('return', 'returned'), ('rework', 'reworked'), ('check_fixed', 'checks_passed'),
    ('check_not_fixed', 'checks_failed'), ('void', 'voided'), ('merge', 'merged'),
    ('reopen', 'reopened')
),
step AS ( -- once for each kind and day; to a unit, once for each kind, day and unit
  SELECT
    t.incident_id, t.version, c.counter, t.local, t.unit_id,
    row_number() OVER (PARTITION BY t.incident_id, t.kind, t.local::date ORDER BY t.version) = 1
      AS first,
    t.unit_id IS NOT NULL AND row_number() OVER (
      PARTITION BY t.incident_id, t.kind, t.local::date, t.unit_id ORDER BY t.version
    ) = 1 AS first_of_unit
  FROM told t
  JOIN counted c ON c.kind = t.kind
),
event AS (
  SELECT p.sign, p.areas, p.area_code, p.category, p.source, s.counter, s.local, e.unit_id
  FROM placed p
  JOIN step s ON s.incident_id = p.incident_id AND s.version <= p.upto
  CROSS JOIN LATERAL (VALUES (s.first, NULL), (s.first_of_unit, s.unit_id)) AS e(counts, unit_id)
  WHERE e.counts
  UNION ALL
  SELECT
    p.sign, p.areas, p.area_code, p.category, p.source, e.counter, e.at AT TIME ZONE $4, whose.unit_id
  FROM placed p
  CROSS JOIN LATERAL (
    VALUES
      ('closed', p.closed_at, p.unit_id),
      ('closed_late', CASE WHEN p.late_at IS NOT NULL AND p.exempt IS NOT TRUE THEN p.closed_at END, p.unit_id),
      ('first_time', CASE WHEN NOT p.sent_back THEN p.closed_at END, p.unit_id),
      ('overdue', p.late_at, p.late_unit_id)
  ) AS e(counter, at, unit_id)
  CROSS JOIN LATERAL (VALUES (false, NULL), (true, e.unit_id)) AS whose(of_unit, unit_id)
  WHERE e.at IS NOT NULL AND whose.of_unit = (whose.unit_id IS NOT NULL)
),
net AS MATERIALIZED (
  SELECT
    areas, area_code, category, source, unit_id, counter, local::date AS day,
    CASE WHEN counter IN ('reported', 'closed') AND unit_id IS NULL
      THEN extract(hour FROM local)::smallint END AS hour,
    sum(sign)::int AS n
  FROM event
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  HAVING sum(sign) <> 0
),
wide AS MATERIALIZED ( -- what differs by the counter alone, side by side: fewer rows go on
  SELECT
    areas, area_code, category, source, unit_id, day,
    coalesce(sum(n) FILTER (WHERE counter = 'reported'), 0)::int AS reported,
    coalesce(sum(n) FILTER (WHERE counter = 'closed'), 0)::int AS closed,
    coalesce(sum(n) FILTER (WHERE counter = 'closed_late'), 0)::int AS closed_late,
    coalesce(sum(n) FILTER (WHERE counter = 'first_time'), 0)::int AS first_time,
    coalesce(sum(n) FILTER (WHERE counter = 'overdue'), 0)::int AS overdue,
    coalesce(sum(n) FILTER (WHERE counter = 'accepted'), 0)::int AS accepted,
    coalesce(sum(n) FILTER (WHERE counter = 'rejected'), 0)::int AS rejected,
    coalesce(sum(n) FILTER (WHERE counter = 'filed'), 0)::int AS filed,
    coalesce(sum(n) FILTER (WHERE counter = 'dispatched'), 0)::int AS dispatched,
    coalesce(sum(n) FILTER (WHERE counter = 'handled'), 0)::int AS handled,
    coalesce(sum(n) FILTER (WHERE counter = 'self_handled'), 0)::int AS self_handled,
    coalesce(sum(n) FILTER (WHERE counter = 'returned'), 0)::int AS returned,
    coalesce(sum(n) FILTER (WHERE counter = 'reworked'), 0)::int AS reworked,
    coalesce(sum(n) FILTER (WHERE counter = 'checks_passed'), 0)::int AS checks_passed,
    coalesce(sum(n) FILTER (WHERE counter = 'checks_failed'), 0)::int AS checks_failed,
    coalesce(sum(n) FILTER (WHERE counter = 'voided'), 0)::int AS voided,
    coalesce(sum(n) FILTER (WHERE counter = 'merged'), 0)::int AS merged,
    coalesce(sum(n) FILTER (WHERE counter = 'reopened'), 0)::int AS reopened
  FROM net
  GROUP BY 1, 2, 3, 4, 5, 6
),
days AS (
  INSERT INTO tally AS t (
    area_code, dimension, span, day, value,
    reported, closed, closed_late, first_time, overdue, accepted, rejected, filed, dispatched,
    handled, self_handled, returned, reworked, checks_passed, checks_failed, voided, merged, reopened
  )
  SELECT
    area.code, d.dimension, s.span, s.day, d.value,
    sum(reported), sum(closed), sum(closed_late), sum(first_time), sum(overdue), sum(accepted),
    sum(rejected), sum(filed), sum(dispatched), sum(handled), sum(self_handled), sum(returned),
    sum(reworked), sum(checks_passed), sum(checks_failed), sum(voided), sum(merged), sum(reopened)
  FROM wide
  CROSS JOIN LATERAL unnest(wide.areas) AS area(code)
  CROSS JOIN LATERAL (
    VALUES
      ('all', '', false), ('source', wide.source, false), ('category', wide.category, false),
      ('area', wide.area_code, false), ('unit', wide.unit_id, true)
  ) AS d(dimension, value, of_unit)
  CROSS JOIN LATERAL (
    VALUES
      ('day', wide.day), ('week', date_trunc('week', wide.day)::date),
      ('month', date_trunc('month', wide.day)::date)
  ) AS s(span, day)
  WHERE d.value IS NOT NULL AND d.of_unit = (wide.unit_id IS NOT NULL)
  GROUP BY 1, 2, 3, 4, 5
  ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (area_code, dimension, span, day, value) DO UPDATE SET
    reported = t.reported + excluded.reported,
    closed = t.closed + excluded.closed,
    closed_late = t.closed_late + excluded.closed_late,
    first_time = t.first_time + excluded.first_time,
    overdue = t.overdue + excluded.overdue,
    accepted = t.accepted + excluded.accepted,
    rejected = t.rejected + excluded.rejected,
    filed = t.filed + excluded.filed,
    dispatched = t.dispatched + excluded.dispatched,
    handled = t.handled + excluded.handled,
    self_handled = t.self_handled + excluded.self_handled,
    returned = t.returned + excluded.returned,
    reworked = t.reworked + excluded.reworked,
    checks_passed = t.checks_passed + excluded.checks_passed,
    checks_failed = t.checks_failed + excluded.checks_failed,
    voided = t.voided + excluded.voided,
    merged = t.merged + excluded.merged,
    reopened = t.reopened + excluded.reopened
),
hours AS (
  INSERT INTO tally_hour AS t (area_code, day, hour, reported, closed)
  SELECT
    area.code, net.day, net.hour,
    coalesce(sum(n) FILTER (WHERE counter = 'reported'), 0),
    coalesce(sum(n) FILTER (WHERE counter = 'closed'), 0)
  FROM net
  CROSS JOIN LATERAL unnest(net.areas) AS area(code)
  WHERE net.hour IS NOT NULL
  GROUP BY 1, 2, 3
  ORDER BY 1, 2, 3
  ON CONFLICT (area_code, day, hour) DO UPDATE SET
    reported = t.reported + excluded.reported, closed = t.closed + excluded.closed
)
SELECT place.xid::text AS xid, place.id, (SELECT count(*) FROM fresh)::int AS facts FROM place
