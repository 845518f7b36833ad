"""Scripts for those who work on the project; nothing that runs in a shop imports them."""
