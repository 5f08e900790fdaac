-- Which cases are here already, and whether each has a cell.
--   $1 uuid[]  ids
SELECT id, cell_id IS NOT NULL AS placed FROM incident WHERE id = ANY ($1::uuid[])
