"""The public acts on money."""
