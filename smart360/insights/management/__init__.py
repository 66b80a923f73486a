"""Management of insights."""
