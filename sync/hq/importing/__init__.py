"""What people send in: whole chains, products, prices. Checked whole, every mistake named, nothing half imported."""
