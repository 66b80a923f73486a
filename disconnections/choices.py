"""Stored words of disconnections."""

from django.db.models import TextChoices

from smart360.cases.choices import CaseKind

REQUEST_KINDS = (CaseKind.DISCONNECTION.value, CaseKind.RECONNECTION.value)
"""The kinds of case that this app is about."""


class IdentityCheck(TextChoices):
    """How the caller's identity was checked (DIS2)."""

    DOCUMENT_SEEN = "DOCUMENT_SEEN", "Document seen"
    QUESTIONS_ANSWERED = "QUESTIONS_ANSWERED", "Questions answered by phone"
    NOT_VERIFIED = "NOT_VERIFIED", "Not verified yet"


class IdentityDocument(TextChoices):
    """Which document was seen. Only its last four characters are kept."""

    DRIVING_LICENCE = "DRIVING_LICENCE", "Driving licence"
    PASSPORT = "PASSPORT", "Passport"
    NATIONAL_ID = "NATIONAL_ID", "National identity card"
    OTHER = "OTHER", "Other document"


class Permanence(TextChoices):
    """Whether the service is to come back."""

    PERMANENT = "PERMANENT", "Permanent"
    TEMPORARY = "TEMPORARY", "Temporary"
