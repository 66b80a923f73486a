"""What insights reads, across all apps."""
