"""Stored words of documents."""

from django.db.models import TextChoices


class ContentType(TextChoices):
    """The types that we store, named by us and never by the sender."""

    PDF = "PDF", "application/pdf"
    JPG = "JPG", "image/jpeg"
    PNG = "PNG", "image/png"
    JSON = "JSON", "application/json"


UPLOADED = (ContentType.PDF, ContentType.JPG, ContentType.PNG)
"""What is taken from outside (F1); the others only we make."""
