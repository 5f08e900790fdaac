"""Wangge: digital urban management on FastAPI and PostGIS."""
