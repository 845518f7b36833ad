"""What must hold, each under its name."""
