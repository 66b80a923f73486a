"""Complaints of consumers, from the first word to the rating."""
