"""What people do: a small class for each kind of work."""
