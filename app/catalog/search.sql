-- Classes that fit what was typed, best first: code and name, then initials, pinyin and English,
-- then name and condition together (井盖破损, jgps), then the condition alone.
--   $1 text     what was typed, in small letters; '' for every class
--   $2 text[]   ways to cut it in two (app/catalog/search.py): what the class should hold,
--   $3 text[]   … and what the condition should hold
--   $4 text     kind, or null
--   $5 text     big class such as C01, or null
--   $6 boolean  classes in force, or those that are not
WITH current AS MATERIALIZED (
  SELECT number, name, region, label FROM edition WHERE status = 'published'
),
class AS MATERIALIZED (
  SELECT
    c.code, c.kind, left(c.code, 3) AS big, c.big_name, c.big_name_en, c.name, c.name_en,
    c.scheme, c.extension, c.active, coalesce(s.auto_dispatch, false) AS auto_dispatch,
    c.initials, c.pinyin,
    CASE
      WHEN $1 IN ('', lower(c.code), lower(c.name)) THEN 0
      WHEN starts_with(lower(c.code), $1) OR starts_with(lower(c.name), $1)
        OR $1 IN (c.initials, c.pinyin) THEN 1
      WHEN strpos(lower(c.name), $1) > 0
        OR starts_with(c.initials, $1) OR starts_with(c.pinyin, $1) THEN 2
      WHEN strpos(c.initials, $1) > 0 OR strpos(c.pinyin, $1) > 0
        OR strpos(lower(c.name_en), $1) > 0 THEN 3
    END AS rank
  FROM category c
  LEFT JOIN category_setting s ON s.code = c.code
  WHERE c.active = $6
    AND ($4::text IS NULL OR c.kind = $4)
    AND ($5::text IS NULL OR left(c.code, 3) = $5)
),
candidate AS MATERIALIZED (
  SELECT
    class.code, cut.part, cut.rest,
    strpos(lower(class.name), cut.part) > 0 AS by_name,
    strpos(class.initials, cut.part) > 0 AS by_initials,
    strpos(class.pinyin, cut.part) > 0 AS by_pinyin
  FROM class
  JOIN unnest($2::text[], $3::text[]) AS cut(part, rest) ON
    strpos(lower(class.name), cut.part) > 0
    OR strpos(class.initials, cut.part) > 0
    OR strpos(class.pinyin, cut.part) > 0
  WHERE class.rank IS NULL
),
hit AS (
  SELECT class.code, class.rank, NULL::json AS condition FROM class WHERE rank IS NOT NULL
  UNION ALL
  SELECT found.* FROM (
    SELECT DISTINCT ON (c.code)
      c.code,
      CASE c.part WHEN '' THEN 5 ELSE 4 END AS rank,
      json_build_object('id', k.id, 'code', k.code, 'text', k.text) AS condition
    FROM candidate c
    JOIN condition k ON k.edition = (SELECT number FROM current) AND k.category_code = c.code
    WHERE c.by_name AND strpos(lower(k.text), c.rest) > 0
      OR c.by_initials AND strpos(k.initials, c.rest) > 0
      OR c.by_pinyin AND strpos(k.pinyin, c.rest) > 0
      OR c.part = '' AND strpos(lower(k.text_en), c.rest) > 0
    ORDER BY c.code, c.part = '', k.number, k.region_class NULLS FIRST
  ) found
)
SELECT json_build_object(
  'edition', (SELECT row_to_json(current) FROM current),
  'items', coalesce(
    (
      SELECT json_agg(
        json_build_object(
          'code', class.code, 'kind', class.kind, 'big', class.big, 'big_name', class.big_name,
          'big_name_en', class.big_name_en, 'name', class.name, 'name_en', class.name_en,
          'scheme', class.scheme, 'extension', class.extension,
          'active', class.active, 'auto_dispatch', class.auto_dispatch,
          'condition', hit.condition
        )
        ORDER BY hit.rank, class.code
      )
      FROM hit JOIN class USING (code)
    ),
    '[]'::json
  )
)::text
