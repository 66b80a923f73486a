"""Rules of custody: what a file of accounts may hold."""
