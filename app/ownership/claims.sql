-- What is owned at a moment, and by whom; the place is a code or the id of a drawing.
--   :at  the moment
SELECT
  coalesce(p.place_code, p.id::text) AS place,
  p.category_code AS category,
  coalesce(p.unit_id::text, p.account_id::text, p.role) AS holder,
  p.area_square_metres AS square_metres
FROM post p
LEFT JOIN unit u ON u.id = p.unit_id
LEFT JOIN account a ON a.id = p.account_id
WHERE p.duty = 'owner'
  AND p.valid_from <= :at AND (p.valid_to IS NULL OR p.valid_to > :at)
  AND coalesce(u.active, a.active, true)
