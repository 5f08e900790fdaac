-- One notice per recipient who has none with this key; what each new one's owner wants outside.
WITH fresh AS (
  INSERT INTO notice (id, account_id, kind, title, body, incident_id, urgent, key, at)
  SELECT r.id, r.account_id, $3, $4, $5, $6, $7, $8, $9
  FROM unnest($1::uuid[], $2::uuid[]) AS r (id, account_id)
  JOIN account ON account.id = r.account_id AND account.active
  ORDER BY r.account_id -- the same order for everybody: no deadlock
  ON CONFLICT (account_id, key) WHERE key IS NOT NULL DO NOTHING
  RETURNING id, account_id
)
SELECT
  fresh.id AS notice_id, fresh.account_id, p.email_on, p.email_muted, p.webhook_on,
  p.webhook_muted, p.quiet_begins, p.quiet_ends, p.quiet_weekdays
FROM fresh LEFT JOIN notice_preference p ON p.account_id = fresh.account_id
