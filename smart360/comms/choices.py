"""Stored words of communication."""

from django.db.models import TextChoices


class Channel(TextChoices):
    """How something was said (COM1)."""

    EMAIL = "EMAIL", "E-mail"
    PHONE = "PHONE", "Phone"
    SMS = "SMS", "SMS"
    IN_PERSON = "IN_PERSON", "In person"
    LETTER = "LETTER", "Letter"
    SYSTEM = "SYSTEM", "System"


class Direction(TextChoices):
    """Who spoke to whom (CON12)."""

    TO_CONSUMER = "TO_CONSUMER", "To Customer"
    FROM_CONSUMER = "FROM_CONSUMER", "From Customer"
    WITHIN = "WITHIN", "Internal"


class Visibility(TextChoices):
    """Who may ever read it."""

    INTERNAL = "INTERNAL", "Internal"
    CONSUMER = "CONSUMER", "Consumer"


class DeliveryState(TextChoices):
    """What became of a message that was to be sent (quality.md, N2)."""

    QUEUED = "QUEUED", "Queued"
    SENT = "SENT", "Sent"
    FAILED = "FAILED", "Not delivered"
    NOT_SENT = "NOT_SENT", "Not sent"


class TemplateKind(TextChoices):
    """Whether the notify box rules a template, or the law does (COM3)."""

    COURTESY = "COURTESY", "Courtesy"
    STATUTORY = "STATUTORY", "Statutory"
