-- A place some tens of metres west of the westernmost corner: near a cell and in none.
SELECT ST_X(corner.geom) - 0.0004 AS lon, ST_Y(corner.geom) AS lat
FROM (SELECT area FROM cell WHERE valid_to IS NULL ORDER BY ST_XMin(area), code LIMIT 1) west
CROSS JOIN LATERAL ST_DumpPoints(west.area) corner
ORDER BY 1, 2
LIMIT 1
