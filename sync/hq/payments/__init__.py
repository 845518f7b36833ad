"""Payments by providers: how each stands by its registers' facts, held against sales; what hangs is told."""
