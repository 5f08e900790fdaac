"""Areas (district → subdistrict → community) and unit cells, versioned by validity period."""
