"""Reads on money."""
