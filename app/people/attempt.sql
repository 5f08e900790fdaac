-- What a tried password leads to: a failure is counted and may lock, a success counts anew and
-- may open a chain of refresh tokens. One statement, one transaction: a 401 cannot undo it.
--   $1 uuid   the account; NULL for a name that nobody has
--   $2 bool   whether the password was right
--   $3 int    failures in a row that lock
--   $4 int    minutes of the lock
--   $5 uuid   the new refresh token's id, also the name of its chain
--   $6 bytea  its hash; NULL opens no chain
--   $7 int    days that it lives
--   $8 text   the stored password that was compared
-- No row: locked, switched off or given a new password meanwhile (the row's lock puts simultaneous
-- tries in line), so that even a right password opens nothing. A lock that is over starts the count
-- anew.
WITH counted AS (
  UPDATE account SET
    failed_logins = CASE
      WHEN $2 THEN 0 WHEN locked_until IS NULL THEN failed_logins + 1 ELSE 1 END,
    locked_until = CASE
      WHEN NOT $2 AND CASE WHEN locked_until IS NULL THEN failed_logins ELSE 0 END + 1 >= $3
      THEN now() + make_interval(mins => $4) END
  WHERE id = $1
    AND active
    AND password_hash = $8
    AND (locked_until IS NULL OR locked_until <= now())
  RETURNING id
),
opened AS (
  INSERT INTO refresh_token (id, chain_id, account_id, token_hash, expires_at)
  SELECT $5, $5, id, $6::bytea, now() + make_interval(days => $7)
  FROM counted
  WHERE $2 AND $6::bytea IS NOT NULL
)
SELECT id FROM counted
