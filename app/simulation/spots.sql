-- Places inside the current cells, the same ones each time.
--   $1 int  how many   $2 int  seed, above 0
SELECT cell.code, cell.name, ST_X(spot.geom) AS lon, ST_Y(spot.geom) AS lat
FROM cell
CROSS JOIN LATERAL ST_Dump(ST_GeneratePoints(cell.area, 2, $2)) spot
WHERE cell.valid_to IS NULL
ORDER BY md5(cell.code || spot.path[1] || $2), cell.code, spot.path
LIMIT $1
