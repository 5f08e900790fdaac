"""Accounts, units, roles and posts: who, in which place, for which class, from–to."""
