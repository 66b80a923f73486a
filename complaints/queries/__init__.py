"""Reads for the pages of complaints."""
