-- For each new file the first one with the same bytes, else the most alike photo: of another case,
-- or the same bytes at another stage of this one. $1 the case, $2 the stage, $3 hashes of bytes,
-- $4 hashes of what is seen, $5 the most bits in which those may differ.
SELECT new.place, twin.id, twin.same
FROM unnest($3::bytea[], $4::bigint[]) WITH ORDINALITY AS new(sha256, phash, place)
CROSS JOIN LATERAL (
  (
    SELECT m.id, true AS same
    FROM media m
    WHERE m.sha256 = new.sha256 AND (m.incident_id <> $1 OR m.stage <> $2)
    ORDER BY m.uploaded_at
    LIMIT 1
  )
  UNION ALL
  (
    SELECT m.id, false
    FROM media m
    WHERE phash_bands(m.phash) && phash_probes(new.phash)
      AND bit_count((m.phash # new.phash)::bit(64)) <= $5
      AND m.incident_id <> $1
    ORDER BY bit_count((m.phash # new.phash)::bit(64)), m.uploaded_at
    LIMIT 1
  )
  ORDER BY same DESC
  LIMIT 1
) AS twin
