"""Pages of service orders."""
