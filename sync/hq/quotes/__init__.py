"""What a basket costs by headquarters' rules: now, for other channels; or again, by the revision that a sale names."""
