"""What comes back: returns and voids in the ledgers, and what a register is told of a sale of another."""
