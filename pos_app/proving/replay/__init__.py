"""Real baskets rung through registers and headquarters, and reconciled to the cent."""
