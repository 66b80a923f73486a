"""Stored words of insights."""

from django.db.models import TextChoices


class SuggestionState(TextChoices):
    """What became of the suggestion that a consumer be VIP."""

    WAITING = "WAITING", "Waits for a supervisor"
    ACCEPTED = "ACCEPTED", "Accepted"
    DECLINED = "DECLINED", "Declined"
