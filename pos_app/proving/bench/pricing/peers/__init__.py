"""What others use for promotions, as processes of their own: nothing of ours imports what is here."""
