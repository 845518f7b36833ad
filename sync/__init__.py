"""What passes between a store and headquarters, and both ends of it."""
