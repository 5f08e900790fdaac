-- How many places lie in no cell (a dry run asks; intake finds out by itself).
--   $1 json  array of {lon, lat}, stored degrees
SELECT count(*) AS outside
FROM json_to_recordset($1::json) AS r(lon float8, lat float8)
WHERE NOT EXISTS (SELECT FROM cell_at(ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4490)))
