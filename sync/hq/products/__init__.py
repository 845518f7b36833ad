"""Products: what the chain sells, by which codes and names it is found."""
