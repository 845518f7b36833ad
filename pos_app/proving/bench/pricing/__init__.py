"""`granary bench pricing`: the engine beside a plain loop and beside what others use (docs/pricing.md)."""
