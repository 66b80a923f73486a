"""The append-only record of what happened, for consumers and cases alike."""
