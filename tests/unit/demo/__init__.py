"""The demo chain: what the tables make, and what is said of tables that cannot be right."""
