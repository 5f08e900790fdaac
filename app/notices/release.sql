-- What was held until now goes out, up to $2 of a person's messages in one parcel per channel.
-- Tells whether there is anything to send.
WITH held AS (
  SELECT id, account_id, channel FROM notice_delivery
  WHERE state = 'held' AND next_at <= $1
  FOR UPDATE SKIP LOCKED
), counted AS (
  SELECT
    id, account_id, channel,
    (row_number() OVER (PARTITION BY account_id, channel ORDER BY id) - 1) / $2::int AS parcel
  FROM held
), packed AS (
  SELECT id, first_value(id) OVER (PARTITION BY account_id, channel, parcel ORDER BY id) AS parcel_id
  FROM counted
), released AS (
  UPDATE notice_delivery d SET state = 'pending', parcel_id = packed.parcel_id
  FROM packed WHERE d.id = packed.id
  RETURNING 1
)
SELECT EXISTS (SELECT FROM released) OR EXISTS (
  SELECT FROM notice_delivery WHERE state = 'pending' AND id = parcel_id AND next_at <= $1
) AS due
