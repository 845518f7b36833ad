"""The shift room: the cashier's day at the drawer."""
