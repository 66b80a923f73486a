"""Reads of requests, by the page that needs them."""
