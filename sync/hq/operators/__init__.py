"""Who may sign in at which stores."""
