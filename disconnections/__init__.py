"""Disconnection and reconnection requests: reasons, slots, creation, closing, receipts."""
