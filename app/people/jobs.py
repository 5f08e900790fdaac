"""Background work of people."""
