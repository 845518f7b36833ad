"""Dry runs (试算): what new promotions would have done to the last days' real baskets. Nothing is changed by one."""
