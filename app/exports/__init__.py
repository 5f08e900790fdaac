"""Exports of exactly what a list shows, made by the worker."""
