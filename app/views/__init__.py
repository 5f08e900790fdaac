"""Saved views of the console, one set per person."""
