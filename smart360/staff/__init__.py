"""People who work at the utility: who they are, what their roles allow, how they sign in."""
