"""Rows of field work."""

from smart360.fieldwork.models.orders import OrderedService, ServiceOrder
from smart360.fieldwork.models.people import Technician, TechnicianDay, TechnicianSkill
from smart360.fieldwork.models.templates import OrderTemplate, Skill, TemplateCategory

__all__ = [
    "OrderTemplate",
    "OrderedService",
    "ServiceOrder",
    "Skill",
    "Technician",
    "TechnicianDay",
    "TechnicianSkill",
    "TemplateCategory",
]
