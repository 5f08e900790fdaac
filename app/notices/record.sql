-- What became of parcels; what is settled already stays.
UPDATE notice_delivery d SET
  state = o.state,
  next_at = o.next_at,
  last_error = o.error,
  sent_at = CASE WHEN o.state = 'sent' THEN $5::timestamptz END
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[]) AS o (id, state, next_at, error)
WHERE d.parcel_id = o.id AND d.state = 'pending'
