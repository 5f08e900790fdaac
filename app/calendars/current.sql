-- A version of the calendar as one document; $1 null is the newest.
SELECT json_build_object(
  'version', v.version,
  'hours', v.hours,
  'seasons', v.seasons,
  'hours_per_day', v.hours_per_day::text,
  'holidays', v.holidays,
  'days', (
    SELECT coalesce(json_agg(json_build_array(d.date, d.works, d.name, d.windows) ORDER BY d.date), '[]')
    FROM calendar_day d
    WHERE d.since_version <= v.version
      AND (d.until_version IS NULL OR d.until_version > v.version)
  )
)::text AS document
FROM calendar_version v
WHERE $1::int IS NULL OR v.version = $1
ORDER BY v.version DESC
LIMIT 1
