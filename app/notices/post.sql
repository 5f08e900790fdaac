-- Deliveries, each a parcel by itself.
INSERT INTO notice_delivery (id, parcel_id, notice_id, account_id, channel, state, next_at)
SELECT d.id, d.id, d.notice_id, d.account_id, d.channel, d.state, d.next_at
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[])
  AS d (id, notice_id, account_id, channel, state, next_at)
