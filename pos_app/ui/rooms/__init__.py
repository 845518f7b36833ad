"""The rooms of the counter, a folder each: view, presenter, model."""
