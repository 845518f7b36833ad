"""The central stock pool (中央库存池): a ledger of movements, and what is on hand by it."""
