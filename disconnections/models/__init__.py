"""Rows of disconnections and reconnections."""

from disconnections.models.closures import (
    ChecklistTick,
    Closure,
    ClosureMeter,
    ClosureNotice,
    ClosurePolicy,
    ExecutedMeter,
    Execution,
)
from disconnections.models.protections import (
    DisconnectionNotice,
    ProtectionRule,
    ProtectionVerdict,
    RulePack,
    WeatherAlert,
)
from disconnections.models.reasons import Reason
from disconnections.models.reconnections import (
    ReconnectedService,
    ReconnectionFee,
    ReconnectionMeter,
)
from disconnections.models.requests import DisconnectionRequest, RequestedService
from disconnections.models.runs import NonPaymentRun, RunAccount
from disconnections.models.slots import DayStretch, SlotDay, TimeSlot

__all__ = [
    "ChecklistTick", "Closure", "ClosureMeter", "ClosureNotice", "ClosurePolicy", "DayStretch",
    "DisconnectionNotice", "DisconnectionRequest", "ExecutedMeter", "Execution", "NonPaymentRun",
    "ProtectionRule", "ProtectionVerdict", "Reason", "ReconnectedService", "ReconnectionFee",
    "ReconnectionMeter", "RequestedService", "RulePack", "RunAccount", "SlotDay", "TimeSlot",
    "WeatherAlert",
]  # fmt: skip
