"""What headquarters says of itself: sales, stock against its ledger, chains against their hashes."""
