"""What insights makes of what it read: values in, answer out."""
