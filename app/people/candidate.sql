-- The account that a name stands for, if it may sign in with a password.
--   $1 text  the username
-- locked_seconds: how long sign-in stays locked, NULL when it is not.
SELECT
  id,
  password_hash,
  CASE WHEN locked_until > now()
    THEN ceil(extract(epoch FROM locked_until - now()))::int END AS locked_seconds
FROM account
WHERE username = $1 AND active AND password_hash IS NOT NULL
