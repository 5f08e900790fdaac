"""The map: vector tiles made by PostGIS, cases and posts on it."""
