-- A refresh token is used up and the next link of its chain takes its place.
--   $1 bytea  hash of the token presented
--   $2 uuid   the next token's id
--   $3 bytea  its hash
--   $4 int    days that it lives
-- A chain with one revoked link is revoked as a whole, also the link written at that very moment.
WITH used AS (
  UPDATE refresh_token t SET used_at = now()
  FROM account a
  WHERE t.token_hash = $1
    AND t.used_at IS NULL AND t.expires_at > now()
    AND a.id = t.account_id AND a.active
    AND NOT EXISTS (
      SELECT FROM refresh_token link
      WHERE link.chain_id = t.chain_id AND link.revoked_at IS NOT NULL
    )
  RETURNING t.chain_id, t.account_id
)
INSERT INTO refresh_token (id, chain_id, account_id, token_hash, expires_at)
SELECT $2, chain_id, account_id, $3, now() + make_interval(days => $4) FROM used
RETURNING account_id
