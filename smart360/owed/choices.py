"""Stored words of owed work."""

from django.db.models import TextChoices


class Queue(TextChoices):
    """Which worker pays: mail is never behind a slow document."""

    MAIL = "MAIL", "Mail"
    PDF = "PDF", "Documents"
    DEFAULT = "DEFAULT", "Everything else"


class OwedState(TextChoices):
    """How far the work is."""

    WAITING = "WAITING", "Waiting"
    DONE = "DONE", "Done"
    FAILED = "FAILED", "Failed"
