"""Lock and sign-in: who is at the register."""
