"""The members room (会员): who is it, what do they have, and with one key into the basket."""
