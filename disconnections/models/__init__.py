"""Rows of disconnections and reconnections."""

from disconnections.models.reasons import Reason
from disconnections.models.requests import DisconnectionRequest, RequestedService
from disconnections.models.slots import DayStretch, SlotDay, TimeSlot

__all__ = [
    "DayStretch", "DisconnectionRequest", "Reason", "RequestedService", "SlotDay", "TimeSlot",
]  # fmt: skip
