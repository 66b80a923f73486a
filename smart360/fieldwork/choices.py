"""Stored words of field work."""

from django.db.models import TextChoices


class OrderKind(TextChoices):
    """What a service order is about (CON11, SO1)."""

    DISCONNECTION = "DISCONNECTION", "Disconnection"
    RECONNECTION = "RECONNECTION", "Reconnection"
    TRANSFER = "TRANSFER", "Transfer"
    METER_READING = "METER_READING", "Meter Reading"
    MAINTENANCE = "MAINTENANCE", "Maintenance"
    REPAIR = "REPAIR", "Repairs"
    INSPECTION = "INSPECTION", "Inspections"
    INSTALLATION = "INSTALLATION", "Installations"


class OrderStatus(TextChoices):
    """Where a service order stands (SO1). The last two are ends."""

    OPEN = "OPEN", "Open"
    SCHEDULED = "SCHEDULED", "Scheduled"
    ASSIGNED = "ASSIGNED", "Assigned"
    IN_PROGRESS = "IN_PROGRESS", "In Progress"
    COMPLETED = "COMPLETED", "Completed"
    CANCELLED = "CANCELLED", "Cancelled"


LIVE_STATUSES = (
    OrderStatus.OPEN, OrderStatus.SCHEDULED, OrderStatus.ASSIGNED, OrderStatus.IN_PROGRESS,
)  # fmt: skip
WITH_A_TECHNICIAN = (OrderStatus.ASSIGNED, OrderStatus.IN_PROGRESS)
WITH_A_DAY = (OrderStatus.SCHEDULED, OrderStatus.ASSIGNED, OrderStatus.IN_PROGRESS)


class Cancelled(TextChoices):
    """Why a service order was cancelled."""

    NOT_NEEDED = "NOT_NEEDED", "Not needed any more"
    REQUEST_ENDED = "REQUEST_ENDED", "Its request has ended"
    PAID = "PAID", "The account was settled"
    PROTECTED = "PROTECTED", "The account is protected"
    NO_ACCESS = "NO_ACCESS", "No access to the premise"
    DUPLICATE = "DUPLICATE", "Duplicate"
    OTHER = "OTHER", "Other"


CHOSEN_BY_PEOPLE = (
    Cancelled.NOT_NEEDED, Cancelled.NO_ACCESS, Cancelled.DUPLICATE, Cancelled.OTHER,
)  # fmt: skip
"""The others are given by what happened."""
