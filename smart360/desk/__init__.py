"""Start page, global search, and the consumer's tracking page."""
