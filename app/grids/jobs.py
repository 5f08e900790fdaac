"""Background work of grids."""
