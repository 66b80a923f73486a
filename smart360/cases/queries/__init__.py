"""Reads about cases: their history, their clocks and their timeline, in words."""
