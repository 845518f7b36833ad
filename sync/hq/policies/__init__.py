"""The price policy (价格政策): float ranges and promotion authorities, imported, published, held at every import."""
