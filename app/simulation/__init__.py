"""A scripted day in the life of a city: every move, by the real services, in virtual time."""
