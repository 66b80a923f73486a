"""Stored words of custody."""

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


class PrivacyKind(TextChoices):
    """What a person may ask of the data that we keep about them (quality.md, R8)."""

    EXPORT = "EXPORT", "Export"
    ERASURE = "ERASURE", "Erasure"


class PrivacyState(TextChoices):
    """How far an export or an erasure is; it takes two people to begin either (roles.md)."""

    ASKED = "ASKED", "Waits for a second person"
    DECLINED = "DECLINED", "Declined"
    MAKING = "MAKING", "Being made"
    READY = "READY", "Ready"
    GONE = "GONE", "Files deleted"
    ERASED = "ERASED", "Erased"


class ExportFile(TextChoices):
    """The two files of an export: one for machines, one for people."""

    JSON = "JSON", "Data (JSON)"
    PDF = "PDF", "Document (PDF)"
