"""Rows of field work."""

from smart360.fieldwork.models.orders import OrderedService, ServiceOrder
from smart360.fieldwork.models.people import Technician, TechnicianDay
from smart360.fieldwork.models.templates import OrderTemplate, Skill

__all__ = [
    "OrderTemplate", "OrderedService", "ServiceOrder", "Skill", "Technician", "TechnicianDay",
]  # fmt: skip
