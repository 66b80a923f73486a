"""Pages of disconnection and reconnection requests."""
