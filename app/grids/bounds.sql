-- The rectangle around all current areas and cells: west, south, east, north in degrees; none if there are none.
SELECT ST_XMin(extent) AS west, ST_YMin(extent) AS south, ST_XMax(extent) AS east, ST_YMax(extent) AS north
FROM (
  SELECT ST_Extent(area) AS extent
  FROM (
    SELECT area FROM area WHERE valid_to IS NULL
    UNION ALL
    SELECT area FROM cell WHERE valid_to IS NULL AND parent_code IS NULL
  ) shapes
) found
WHERE extent IS NOT NULL
