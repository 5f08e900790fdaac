-- Open cases of one class within metres and hours of each other, or that show the same photo, once
-- for each side. A likeness is written by whichever of both is looked at.
--   $1 uuid[]  the cases to look at   $2 float8  metres   $3 interval
WITH looked_at AS MATERIALIZED (
  SELECT i.id, i.category_code, i.place, i.reported_at
  FROM incident i
  WHERE i.id = ANY ($1) AND i.ended_at IS NULL
),
pair AS (
  SELECT one.id, other.id AS other_id
  FROM looked_at one
  JOIN incident other
    ON other.category_code = one.category_code
    AND other.reported_at BETWEEN one.reported_at - $3::interval AND one.reported_at + $3::interval
    AND other.ended_at IS NULL
    AND other.id <> one.id
    AND ST_DWithin(other.place::geography, one.place::geography, $2)
  UNION
  SELECT one.id, twin.incident_id
  FROM looked_at one
  JOIN media photo ON photo.incident_id = one.id AND 'same_photo' = ANY (photo.flags)
  JOIN media twin ON twin.id = photo.twin_id AND twin.incident_id <> one.id
  JOIN incident other ON other.id = twin.incident_id AND other.ended_at IS NULL
)
INSERT INTO likeness (incident_id, other_id)
SELECT id, other_id FROM pair
UNION
SELECT other_id, id FROM pair
ON CONFLICT DO NOTHING
