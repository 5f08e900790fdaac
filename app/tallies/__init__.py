"""Roll-ups kept by cursor from the fact log, and the large screen's numbers."""
