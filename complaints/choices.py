"""Stored words of complaints."""

from django.db.models import TextChoices


class CustomerType(TextChoices):
    """What kind of customer somebody says to be who is not in the system yet."""

    RESIDENTIAL = "RESIDENTIAL", "Residential"
    COMMERCIAL = "COMMERCIAL", "Commercial"
    INDUSTRIAL = "INDUSTRIAL", "Industrial"
    OTHER = "OTHER", "Other"
