"""A database of any size for `./dev bench`, and what is measured on it."""
