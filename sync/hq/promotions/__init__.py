"""Promotions (促销): imported, checked against the goods they speak of, published into their own scopes."""
