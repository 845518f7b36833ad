"""The second screen: what the customer sees of the sale."""
