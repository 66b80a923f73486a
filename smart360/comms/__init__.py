"""Everything said to or by a consumer, what workers send, and the staff's own bell."""
