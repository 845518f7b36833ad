"""The price library: rows of docs/pricing.md §1, their import, their every version."""
