"""Pages that every kind of case has: its shell, its acts, Communication and Timeline."""
