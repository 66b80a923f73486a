"""Consumers, what serves them, who holds their profile, what they owe, what protects them."""

from consumers.models.accounts import (
    Category,
    Consumer,
    Device,
    Guard,
    Meter,
    MeterAssignment,
    Premise,
    ProfileLock,
    Reading,
    ServiceConnection,
    Subcategory,
)
from consumers.models.figures import BalanceChange, BalanceTotal, ConsumerFigures
from consumers.models.holds import AccountHold

__all__ = [
    "AccountHold",
    "BalanceChange",
    "BalanceTotal",
    "Category",
    "Consumer",
    "ConsumerFigures",
    "Device",
    "Guard",
    "Meter",
    "MeterAssignment",
    "Premise",
    "ProfileLock",
    "Reading",
    "ServiceConnection",
    "Subcategory",
]
