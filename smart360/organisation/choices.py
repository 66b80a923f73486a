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
