-- Who is asking, what the person may do and see, now.
--   $1 uuid   the account
--   $2 bytea  or the hash of an API key
-- places: codes of the posts held, deputising included; '' means the whole city. Owning a matter
-- gives no sight of a place.
-- areas: the areas below those places; units: the person's unit and all below it.
WITH RECURSIVE one AS (
  SELECT a.id, a.username, a.name, a.roles, a.unit_id, k.scopes
  FROM account a
  LEFT JOIN api_key k
    ON k.account_id = a.id AND k.key_hash = $2 AND k.revoked_at IS NULL AND k.expires_at > now()
  WHERE a.active AND (a.id = $1 OR ($1::uuid IS NULL AND k.id IS NOT NULL))
),
own_unit AS (
  SELECT u.id FROM unit u JOIN one ON u.id = one.unit_id
  UNION
  SELECT u.id FROM unit u JOIN own_unit ON u.parent_id = own_unit.id
),
held AS (
  SELECT DISTINCT p.place_code
  FROM post p, one
  WHERE p.duty <> 'owner'
    AND p.valid_from <= now() AND (p.valid_to IS NULL OR p.valid_to > now())
    AND (p.account_id = one.id
      OR (p.deputy_id = one.id AND now() >= p.deputy_from AND now() < p.deputy_to))
)
SELECT
  one.*,
  ARRAY(SELECT id FROM own_unit ORDER BY id) AS units,
  ARRAY(SELECT place_code FROM held ORDER BY 1) AS places,
  ARRAY(
    SELECT DISTINCT area.code FROM area
    WHERE area.path && ARRAY(SELECT place_code FROM held) ORDER BY 1
  ) AS areas
FROM one
