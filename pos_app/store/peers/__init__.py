"""The third file of a register: what other registers of its store did and headquarters may lack. It may be lost."""
