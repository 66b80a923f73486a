"""The eight roles (roles.md)."""

from django.db.models import TextChoices


class Role(TextChoices):
    """A role is a Django group of this name; its permissions stand in ``permissions.py``."""

    CSE = "CSE", "Customer Service Executive"
    CALL_CENTRE = "CALL_CENTRE", "Call Centre Representative"
    RECOVERY = "RECOVERY", "Recovery Executive"
    BILLING = "BILLING", "Billing Specialist"
    SUPERVISOR = "SUPERVISOR", "Supervisor"
    ADMIN = "ADMIN", "Utility Administrator"
    DISPATCHER = "DISPATCHER", "Dispatcher"
    TECHNICIAN = "TECHNICIAN", "Field Technician"
