"""Calendars and clock arithmetic, pure: when work time runs, when a limit ends."""
