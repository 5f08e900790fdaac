-- The first answers to reports that were sent before, by key or by the client's own id.
--   $1 json   the same array as intake.sql was given
--   $2 uuid   who reports
-- `same` is false when the key or id was used for something else, or by somebody else.
SELECT
  r.n,
  i.id,
  i.reporter_id = $2::uuid AND i.fingerprint = r.fingerprint AS same,
  f.data::text AS body
FROM json_to_recordset($1::json) AS r(n int, id uuid, key text, fingerprint text)
LEFT JOIN intake_key k ON k.actor_id = $2::uuid AND k.key = r.key
JOIN incident i ON i.id = coalesce(k.incident_id, r.id)
JOIN fact f ON f.incident_id = i.id AND f.version = 1
