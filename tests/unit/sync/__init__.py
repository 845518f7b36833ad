"""sync: the store's end of the line, step by step, with headquarters on paper."""
