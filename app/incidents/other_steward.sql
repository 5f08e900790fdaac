-- The nearest steward to a case who is none of certain people.
--   $1 uuid    the case   $2 text  its class   $3 uuid[]  who is out of question
SELECT steward.id, steward.name
FROM incident i
JOIN LATERAL (
  SELECT c.path, c.area <-> i.place AS away, c.code
  FROM cell c
  WHERE c.valid_to IS NULL
  ORDER BY c.area <-> i.place
  LIMIT 500
) near ON true
JOIN LATERAL steward_on_duty(near.path, $2) steward ON steward.id <> ALL ($3::uuid[])
WHERE i.id = $1
ORDER BY near.away, near.code COLLATE "C"
LIMIT 1
