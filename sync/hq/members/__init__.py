"""Members: the same person in every channel."""
