"""The room of returns: find a sale, choose what comes back, give the money back."""
