-- Who owns a class at a place: every owner of the best rank, the oldest ownership first.
--   $1 text[]  the path of the cell that holds the place, empty where none does
--   $2 float, $3 float  longitude and latitude in stored degrees
--   $4 text    the class
--   $5 timestamptz  the moment
-- The account of a role is whoever has that duty in the narrowest place of the path, if exactly
-- one has; deputies stand in.
SELECT
  p.id, p.unit_id, p.role, p.place_code, p.area_square_metres, p.category_code,
  p.valid_from, p.valid_to,
  coalesce(p.account_id, standing.account_id) AS account_id,
  coalesce(u.name, a.name, p.role) AS name,
  coalesce('integration' = ANY (a.roles), false) AS partner
FROM owners_on_duty($1::text[], ST_SetSRID(ST_MakePoint($2, $3), 4490), $4::text, $5::timestamptz) o
JOIN post p ON p.id = o.post_id
LEFT JOIN LATERAL (
  SELECT min(best.id::text)::uuid AS account_id
  FROM (
    SELECT held.id
    FROM post d
    JOIN account held ON held.active AND held.id = CASE
      WHEN $5 >= d.deputy_from AND $5 < d.deputy_to THEN d.deputy_id ELSE d.account_id END
    WHERE d.duty = p.role
      AND d.place_code = ANY (array_prepend('', $1))
      AND d.category_code = ANY (ARRAY['', left($4, 1), left($4, 3), $4])
      AND d.valid_from <= $5 AND (d.valid_to IS NULL OR d.valid_to > $5)
    ORDER BY
      array_position($1, d.place_code) DESC NULLS LAST, length(d.category_code) DESC
    FETCH FIRST ROW WITH TIES
  ) best
  HAVING count(DISTINCT best.id) = 1
) standing ON true
LEFT JOIN unit u ON u.id = p.unit_id
LEFT JOIN account a ON a.id = coalesce(p.account_id, standing.account_id)
ORDER BY p.valid_from, p.id
