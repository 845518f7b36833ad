"""store: what its files promise, piece by piece."""
