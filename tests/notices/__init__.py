"""Tests of notices to people."""
