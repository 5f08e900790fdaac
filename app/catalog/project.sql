-- Makes `category` what an edition says: every class of it, in force unless the city has switched
-- it off; classes that it no longer holds stay for past cases, out of force.
--   $1 int   the edition that was just published
WITH dropped AS (
  UPDATE category SET active = false
  WHERE active AND NOT EXISTS (
    SELECT FROM edition_class c WHERE c.edition = $1 AND c.code = category.code
  )
)
INSERT INTO category (
  code, kind, big_name, big_name_en, name, name_en, scheme, extension, edition,
  initials, pinyin, active
)
SELECT
  c.code, CASE left(c.code, 1) WHEN 'C' THEN 'component' ELSE 'event' END,
  c.big_name, c.big_name_en, c.name, c.name_en, c.scheme, c.extension, c.edition,
  c.initials, c.pinyin, coalesce(s.active, true)
FROM edition_class c
LEFT JOIN category_setting s ON s.code = c.code
WHERE c.edition = $1
ORDER BY c.code
ON CONFLICT (code) DO UPDATE SET
  big_name = excluded.big_name,
  big_name_en = excluded.big_name_en,
  name = excluded.name,
  name_en = excluded.name_en,
  scheme = excluded.scheme,
  extension = excluded.extension,
  edition = excluded.edition,
  initials = excluded.initials,
  pinyin = excluded.pinyin,
  active = excluded.active
