-- Current cells in the order of their codes, with the drawings that hold their centres.
--   :area   only those in this area, or NULL
--   :start  only those from this code on, or NULL
--   :most   at most so many, or NULL
SELECT
  c.code, c.path,
  ARRAY(
    SELECT p.id::text FROM post p WHERE p.area IS NOT NULL AND ST_Covers(p.area, c.centre)
  ) AS drawings
FROM cell c
WHERE c.valid_to IS NULL
  AND (cast(:area AS text) IS NULL OR c.path @> ARRAY[cast(:area AS text)])
  AND (cast(:start AS text) IS NULL OR c.code COLLATE "C" >= :start)
ORDER BY c.code COLLATE "C"
LIMIT cast(:most AS int)
