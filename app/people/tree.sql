-- Units in the order of their tree: each below its parent, brothers by code.
--   :unit    only this one, or NULL
--   :active  only active or inactive ones, or NULL
--   :q       a part of a code or a name, or NULL
WITH RECURSIVE tree AS (
  SELECT u.*, 0 AS depth, ARRAY[u.code] AS line FROM unit u WHERE u.parent_id IS NULL
  UNION ALL
  SELECT u.*, tree.depth + 1, tree.line || u.code
  FROM unit u
  JOIN tree ON tree.id = u.parent_id
)
SELECT id, code, name, parent_id AS parent, active, depth, created_at
FROM tree
WHERE (cast(:unit AS uuid) IS NULL OR id = :unit)
  AND (cast(:active AS bool) IS NULL OR active = :active)
  AND (cast(:q AS text) IS NULL OR strpos(lower(code || ' ' || name), lower(:q)) > 0)
ORDER BY line COLLATE "C"
