"""What every app stands on: clock, transactions, errors, numbers, text. It knows no domain word."""
