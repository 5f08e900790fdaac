-- Whether a post's place and class exist now; '' is the whole city and every class.
-- Grids and catalogue stand above people, so this is asked in SQL.
SELECT
  :place = ''
    OR EXISTS (SELECT FROM area WHERE code = :place AND valid_to IS NULL)
    OR EXISTS (SELECT FROM cell WHERE code = :place AND valid_to IS NULL) AS place,
  :category = ''
    OR EXISTS (
      SELECT FROM category
      WHERE active AND :category IN (left(code, 1), left(code, 3), code)
    ) AS category
