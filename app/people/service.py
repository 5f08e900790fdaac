"""Sign-in, accounts, units, posts and keys: the verbs."""
