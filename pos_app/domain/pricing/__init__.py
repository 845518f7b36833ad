"""What a basket costs: one pure function from basket and rulebook to a quote (docs/pricing.md)."""
