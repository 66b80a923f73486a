"""Owed work: rows that say what must still happen, and the workers that pay them."""
