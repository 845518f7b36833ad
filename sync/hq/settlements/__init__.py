"""Settlements (结算): frozen over a price that the rules do not give, until a person releases them."""
