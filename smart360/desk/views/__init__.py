"""Pages of the desk: start, search, and the consumer's tracking page."""
