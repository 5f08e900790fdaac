-- Filing conditions that a simulated report can come under: one row each, with what the class asks.
SELECT
  c.category_code, category.name, c.code AS condition, c.limit_amount, c.limit_unit,
  coalesce((
    SELECT json_object_agg(q.key, (
      SELECT o ->> 'label' FROM jsonb_array_elements(q.options) o WHERE o ->> 'phone' IS NULL LIMIT 1
    ))
    FROM question q
    WHERE q.edition = c.edition AND q.category_code = c.category_code
      AND q.required AND q.kind = 'single'
  ), '{}')::text AS answers
FROM condition c
JOIN edition e ON e.number = c.edition AND e.status = 'published'
JOIN category ON category.code = c.category_code AND category.active
WHERE c.region_class IS NULL
  AND NOT EXISTS (
    SELECT FROM question q
    WHERE q.edition = c.edition AND q.category_code = c.category_code
      AND q.required AND q.kind <> 'single'
  )
ORDER BY c.code
