"""Stored files and the PDFs that workers make."""
