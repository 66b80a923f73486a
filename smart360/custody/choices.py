"""Stored words about imports."""

from django.db.models import TextChoices


class ImportMode(TextChoices):
    """Whether an import stores what it finds."""

    DRY = "DRY", "Dry run"
    REAL = "REAL", "Import"


class ImportState(TextChoices):
    """How far an import has come."""

    RUNNING = "RUNNING", "Running"
    DONE = "DONE", "Done"
    STOPPED = "STOPPED", "Stopped"
