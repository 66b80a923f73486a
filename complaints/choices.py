"""Stored words of complaints."""

from django.db.models import TextChoices

from smart360.cases.choices import CaseStatus

DECIDED = (CaseStatus.RESOLVED.value, CaseStatus.REJECTED.value)
"""How complaints end; each is decided, and whoever complained may rate how."""


class CustomerType(TextChoices):
    """What kind of customer somebody says to be who is not in the system yet."""

    RESIDENTIAL = "RESIDENTIAL", "Residential"
    COMMERCIAL = "COMMERCIAL", "Commercial"
    INDUSTRIAL = "INDUSTRIAL", "Industrial"
    OTHER = "OTHER", "Other"
