"""Stored words of the organisation."""

from django.db.models import IntegerChoices, TextChoices


class Weekday(IntegerChoices):
    """ISO weekdays."""

    MONDAY = 1, "Monday"
    TUESDAY = 2, "Tuesday"
    WEDNESDAY = 3, "Wednesday"
    THURSDAY = 4, "Thursday"
    FRIDAY = 5, "Friday"
    SATURDAY = 6, "Saturday"
    SUNDAY = 7, "Sunday"


class PaperSize(TextChoices):
    """What receipts are printed on."""

    LETTER = "LETTER", "Letter"
    A4 = "A4", "A4"


class Currency(TextChoices):
    """The currencies that a utility can bill in (ISO 4217)."""

    USD = "USD", "US dollar (USD)"
    CAD = "CAD", "Canadian dollar (CAD)"
    EUR = "EUR", "Euro (EUR)"
    GBP = "GBP", "Pound sterling (GBP)"
    INR = "INR", "Indian rupee (INR)"
    AUD = "AUD", "Australian dollar (AUD)"
    NZD = "NZD", "New Zealand dollar (NZD)"
    ZAR = "ZAR", "South African rand (ZAR)"
    SGD = "SGD", "Singapore dollar (SGD)"


class Language(TextChoices):
    """The languages of pages and paper. There is one so far."""

    ENGLISH = "en", "English"
