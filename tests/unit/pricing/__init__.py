"""Unit tests of pos_app.domain.pricing: the contract, by tables and by another reading of it."""
