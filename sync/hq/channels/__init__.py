"""Other channels (渠道: the app, the mini-program, a marketplace): who they are, and each price change told to them."""
