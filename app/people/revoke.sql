-- Revokes the chain that a refresh token belongs to.
--   $1 bytea  hash of the token presented
--   $2 bool   only if that token was used before (somebody presents it again)
UPDATE refresh_token SET revoked_at = now()
WHERE revoked_at IS NULL
  AND chain_id IN (
    SELECT chain_id FROM refresh_token WHERE token_hash = $1 AND (used_at IS NOT NULL OR NOT $2)
  )
RETURNING account_id
