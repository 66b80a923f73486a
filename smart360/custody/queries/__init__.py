"""What custody reads, by what it is about."""
