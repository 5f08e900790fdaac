-- Take parcels that are due. Until $2 nobody else takes them; a worker that dies loses nothing.
WITH due AS (
  SELECT id FROM notice_delivery
  WHERE state = 'pending' AND id = parcel_id AND next_at <= $1
  ORDER BY next_at LIMIT $3
  FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE notice_delivery d SET tries = d.tries + 1, next_at = $2
  FROM due WHERE d.parcel_id = due.id
  RETURNING d.parcel_id, d.account_id, d.channel, d.tries, d.notice_id
)
SELECT
  t.parcel_id AS id, t.channel, max(t.tries) AS tries, bool_or(n.urgent) AS urgent,
  a.active AND CASE t.channel WHEN 'email' THEN p.email_on ELSE p.webhook_on END AS wanted,
  p.email_address, p.webhook_url, p.webhook_secret,
  p.quiet_begins, p.quiet_ends, p.quiet_weekdays,
  json_agg(json_build_object(
    'id', n.id, 'kind', n.kind, 'title', n.title, 'body', n.body,
    'incident_id', n.incident_id, 'urgent', n.urgent, 'at', n.at
  ) ORDER BY n.at, n.id)::text AS messages
FROM taken t
JOIN notice n ON n.id = t.notice_id
JOIN notice_preference p ON p.account_id = t.account_id
JOIN account a ON a.id = t.account_id
GROUP BY t.parcel_id, t.channel, p.account_id, a.id
