"""What the utility learns from its own record: whether it is sound."""
