"""Who owns a class of matters in a place: resolved, imported, exported, covered or not."""
