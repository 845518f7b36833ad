"""The simulated network, at httpx's one-method seam."""
