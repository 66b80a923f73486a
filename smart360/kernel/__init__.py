"""What every app stands on and that knows no domain word: clock, transactions, errors, numbers, text."""
