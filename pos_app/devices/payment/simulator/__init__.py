"""A simulated provider: what its customers do is in their codes, what it charged is on its disk."""
