"""Smart360: the system in which a utility's people serve its consumers."""
