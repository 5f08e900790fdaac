"""Historic cases from CSV files, through the same intake as every other report."""
