"""`granary bench`: what the counter takes, each figure beside the least that could do the same, in one run."""
